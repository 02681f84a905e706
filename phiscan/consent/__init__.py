"""The consent list: people who agreed to be shown, known by encodings of their faces.

`people.py` says who agreed to what until when, `store.py` and `locks.py` keep that encrypted on
disk, `encoder.py` turns faces into numbers, `matching.py` compares them, `roll.py` answers the face
detector. Nothing heavier than the standard library is loaded before a face is seen and a list is
there.
"""
