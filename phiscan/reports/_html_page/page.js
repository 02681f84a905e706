"use strict";
(() => {
  const PER_PAGE = 200;
  const MOST_FINDINGS = 12;
  const GROUPS = {
    blocked: "blocked",
    unscanned: "not fully checked",
    review: "to review",
    accepted: "accepted",
    allowed: "allowed",
  };
  const STRICTEST = Object.keys(GROUPS);
  const SVG = "http://www.w3.org/2000/svg";

  const $ = (id) => document.getElementById(id);
  const kinds = JSON.parse($("kinds").textContent);
  const photos = [];
  for (const block of document.querySelectorAll("script.photos")) {
    for (const photo of JSON.parse(block.textContent)) {
      photo.number = photos.length;
      photo.findings ||= [];
      photo.pictures ||= [];
      photo.gaps ||= [];
      photos.push(photo);
    }
    block.remove();
  }
  const chosen = new Set(STRICTEST);
  let matching = [];
  let page = 0;

  // Elements

  function make(name, className = "", text = "") {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function draw(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  const title = (kind) => (kinds[kind] ? kinds[kind][0] : kind);
  const article = (noun) => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);
  const group = (kind) => (kinds[kind] ? kinds[kind][1] : "hidden");

  function sureness(score) {
    if (score >= 0.9) return "almost certain";
    if (score >= 0.75) return "very likely";
    return score >= 0.5 ? "likely" : "possible";
  }

  // Pictures

  function picture(photo, index) {
    const { frame, role, width, height, hint } = photo.pictures[index];
    const button = make("button", "picture");
    button.type = "button";
    button.dataset.photo = photo.number;
    button.dataset.index = index;
    const image = make("img");
    image.alt = "";
    image.width = width;
    image.height = height;
    image.src = image.dataset.hint = `data:image/jpeg;base64,${hint}`;
    button.append(image, boxes(photo, frame, width, height), make("span"));
    cover(button);
    button.addEventListener("click", () => toggle(button));
    const figure = make("figure");
    figure.append(button);
    if (frame) figure.append(make("figcaption", "", `Picture ${frame + 1} of the file: ${role}`));
    return figure;
  }

  function boxes(photo, frame, width, height) {
    const size = Math.max(width, height) / 22;
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    photo.findings.forEach((finding, index) => {
      if ((finding.frame || 0) !== frame) return;
      for (const points of finding.polygons || []) {
        svg.append(draw("polygon", { points, class: "under" }));
        svg.append(draw("polygon", { points, class: group(finding.kind), "data-finding": index }));
      }
      if (finding.polygons) svg.append(number(finding.polygons[0], index + 1, size, width, height));
    });
    return svg;
  }

  function number(points, text, size, width, height) {
    const corners = points.split(" ").map((pair) => pair.split(",").map(Number));
    const left = Math.min(...corners.map((corner) => corner[0]));
    const top = Math.min(...corners.map((corner) => corner[1]));
    const x = Math.min(Math.max(left, 0), width - size * 1.3);
    const y = Math.min(Math.max(top - size * 0.25, size), height - size * 0.2);
    const label = draw("text", { transform: `translate(${x} ${y}) scale(${size})` });
    label.textContent = text;
    return label;
  }

  function show(button) {
    const content = $(`picture-${button.dataset.photo}-${button.dataset.index}`);
    if (!content) return;
    button.querySelector("img").src = `data:image/jpeg;base64,${content.textContent}`;
    button.classList.add("shown");
    button.setAttribute("aria-pressed", "true");
    button.setAttribute("aria-label", "Picture is shown; press to blur it");
  }

  function cover(button) {
    const image = button.querySelector("img");
    image.src = image.dataset.hint;
    button.classList.remove("shown");
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", "Picture is blurred; press to show what may be a patient");
    button.querySelector("span").textContent = "Show";
  }

  function toggle(button) {
    if (button.classList.contains("shown")) cover(button);
    else show(button);
  }

  // Photos

  function card(photo) {
    const item = make("li", `photo${photo.pictures.length ? "" : " bare"}`);
    item.tabIndex = -1;
    if (photo.pictures.length) {
      const column = make("div", "pictures");
      photo.pictures.forEach((_, index) => column.append(picture(photo, index)));
      item.append(column);
    }
    const facts = make("div", "facts");
    const head = make("h2");
    head.append(make("span", `chip ${photo.group}`, verdictWord(photo)), make("bdi", "", photo.path));
    facts.append(head, ...gaps(photo), ...findings(photo, item), ...advice(photo), foot(photo));
    item.append(facts);
    return item;
  }

  function verdictWord(photo) {
    const word = photo.verdict.toUpperCase();
    if (photo.accepted) return `${word}: accepted`;
    if (photo.group !== "unscanned") return word;
    return photo.sha256 ? `${word}: not fully checked` : `${word}: not scanned`;
  }

  function gaps(photo) {
    const lines = photo.gaps.map((text) => make("p", "gap", text));
    if (lines.length && photo.sha256) {
      lines.push(make("p", "gap", "Nothing can be said about what was not checked: have a person look."));
    }
    return lines;
  }

  function findings(photo, item) {
    if (!photo.findings.length) {
      return photo.gaps.length ? [] : [make("p", "small", "Nothing found that speaks against sharing.")];
    }
    const list = make("ol", "findings");
    list.append(...photo.findings.slice(0, MOST_FINDINGS).map((_, n) => line(photo, n, item)));
    const rest = photo.findings.length - MOST_FINDINGS;
    if (rest <= 0) return [list];
    const more = make("button", "more", `Show ${rest} more`);
    more.type = "button";
    more.addEventListener("click", () => {
      for (let n = MOST_FINDINGS; n < photo.findings.length; n++) list.append(line(photo, n, item));
      list.children[MOST_FINDINGS].tabIndex = -1;
      list.children[MOST_FINDINGS].focus();
      more.remove();
    });
    return [list, more];
  }

  function line(photo, index, item) {
    const finding = photo.findings[index];
    const entry = make("li");
    const place = [finding.surface && `on ${article(title(finding.surface))}`, finding.where];
    const told = [title(finding.kind), ...place.filter(Boolean)].slice(1).map((part) => `, ${part}`);
    entry.append(make("b", "", title(finding.kind)));
    entry.append(`${told.join("")}: ${sureness(finding.score)} (${finding.score.toFixed(2)})`);
    if (finding.reason) entry.append(`, ${finding.reason}`);
    if (!finding.asks) entry.append(" (noted only)");
    const mark = (on) => {
      for (const polygon of item.querySelectorAll(`[data-finding="${index}"]`)) {
        polygon.classList.toggle("marked", on);
      }
    };
    entry.addEventListener("mouseenter", () => mark(true));
    entry.addEventListener("mouseleave", () => mark(false));
    return entry;
  }

  function advice(photo) {
    const serious = photo.findings.filter((finding) => finding.asks);
    const names = [...new Set(serious.map((finding) => finding.kind))].filter((kind) => kinds[kind]);
    if (!names.length) return [];
    // What lies on a record goes away with the record.
    const sources = serious.map((finding) => finding.surface || finding.kind);
    const retake = [...new Set(sources.filter((kind) => kinds[kind]).map((kind) => kinds[kind][3]))];
    const why = make("details");
    why.append(make("summary", "", "Why it matters"), bullets(names.map((kind) => kinds[kind][2])));
    return [make("h3", "", "To take it again"), bullets(retake), why];
  }

  function bullets(texts) {
    const list = make("ul");
    list.append(...texts.map((text) => make("li", "", text)));
    return list;
  }

  function foot(photo) {
    const line = make("p", "small");
    if (photo.accepted) line.append(`This was ${photo.accepted}. `);
    if (photo.note) line.append(`${photo.note} `);
    if (photo.width) line.append(`${photo.width} \u00d7 ${photo.height} pixels. `);
    if (photo.sha256) line.append("SHA-256 ", make("code", "", photo.sha256));
    return line;
  }

  // Choosing and turning pages

  const ORDERS = {
    strict: (a, b) => STRICTEST.indexOf(a.group) - STRICTEST.indexOf(b.group),
    scanned: () => 0,
    path: (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    many: (a, b) => b.findings.length - a.findings.length,
  };

  function choose() {
    const kind = $("kind").value;
    const part = $("search").value.toLowerCase();
    matching = photos.filter(
      (photo) =>
        chosen.has(photo.group) &&
        (!kind || photo.findings.some((finding) => finding.kind === kind)) &&
        (!part || photo.path.toLowerCase().includes(part)),
    );
    matching.sort((a, b) => ORDERS[$("sort").value](a, b) || a.number - b.number);
    turn(0);
  }

  function turn(to) {
    const pages = Math.max(Math.ceil(matching.length / PER_PAGE), 1);
    page = Math.min(Math.max(to, 0), pages - 1);
    const start = page * PER_PAGE;
    const shown = matching.slice(start, start + PER_PAGE);
    $("photos").replaceChildren(...shown.map(card));
    $("pages").hidden = pages === 1;
    $("page").textContent = `Page ${page + 1} of ${pages}`;
    $("previous").disabled = page === 0;
    $("next").disabled = page === pages - 1;
    const range = pages > 1 ? `${start + 1} to ${start + shown.length} of ` : "";
    const all = matching.length === photos.length ? "" : ` of ${photos.length}`;
    $("status").textContent = `Showing ${range}${matching.length}${all} photos`;
  }

  function turnAndFocus(to, last = false) {
    turn(to);
    const cards = $("photos").children;
    const card = cards[last ? cards.length - 1 : 0];
    if (card) focusCard(card);
  }

  function focusCard(card) {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  }

  // Keys

  function step(by) {
    const cards = [...$("photos").children];
    const current = cards.indexOf(document.activeElement?.closest(".photo"));
    const next = current < 0 ? 0 : current + by;
    if (cards[next]) focusCard(cards[next]);
    else if (next < 0 && page > 0) turnAndFocus(page - 1, true);
    else if (next >= cards.length && !$("next").disabled) turnAndFocus(page + 1);
  }

  function pressed(event) {
    if (event.key === "Escape") {
      document.querySelectorAll(".picture.shown").forEach(cover);
      return;
    }
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.classList.contains("photo")) {
      const pictures = [...event.target.querySelectorAll(".picture")];
      const hide = pictures.some((button) => button.classList.contains("shown"));
      pictures.forEach(hide ? cover : show);
    } else if (!$("keys").checked) {
      return;
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/") $("search").focus();
    else return;
    event.preventDefault();
  }

  // Start

  function groupButton(name) {
    const count = photos.filter((photo) => photo.group === name).length;
    const button = make("button", `group ${name}`, `${count} ${GROUPS[name]}`);
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const on = !chosen.has(name);
      if (on) chosen.add(name);
      else chosen.delete(name);
      button.setAttribute("aria-pressed", String(on));
      choose();
    });
    return button;
  }

  function kindOptions() {
    const counts = new Map();
    for (const photo of photos) {
      for (const kind of new Set(photo.findings.map((finding) => finding.kind))) {
        counts.set(kind, (counts.get(kind) || 0) + 1);
      }
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => {
      const option = make("option", "", `${title(kind)} (${count})`);
      option.value = kind;
      return option;
    });
  }

  const shown = STRICTEST.filter((name) => name !== "accepted" || photos.some((photo) => photo.accepted));
  $("groups").append(...shown.map(groupButton));
  $("kind").append(...kindOptions());
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["kind", "sort"]) $(id).addEventListener("change", choose);
  $("search").addEventListener("input", choose);
  $("previous").addEventListener("click", () => turnAndFocus(page - 1));
  $("next").addEventListener("click", () => turnAndFocus(page + 1));
  document.addEventListener("keydown", pressed);
  choose();
  $("controls").hidden = false;
  $("incomplete").remove();
})();
