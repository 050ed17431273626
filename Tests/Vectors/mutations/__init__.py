"""The mistakes that mutate.py makes: the name of each, its file, the text there, which is there once, and what takes
its place."""

from . import imports, mappings, members, recordings, states, terms

MUTATIONS = [
    *terms.MUTATIONS,
    *members.MUTATIONS,
    *recordings.MUTATIONS,
    *states.MUTATIONS,
    *mappings.MUTATIONS,
    *imports.MUTATIONS,
]
