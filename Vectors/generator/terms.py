"""The family `terms`: single terms, each with its 131 (terms.md)."""

import terms_compressed
import terms_corners
import terms_functions
import terms_identifiers
import terms_maps
import terms_order
import terms_printed
import terms_records
import terms_structure
import terms_refused
import terms_scalars


def vectors():
    for module in (
        terms_scalars,
        terms_structure,
        terms_maps,
        terms_order,
        terms_printed,
        terms_identifiers,
        terms_functions,
        terms_records,
        terms_compressed,
        terms_refused,
        terms_corners,
    ):
        yield from module.vectors()
