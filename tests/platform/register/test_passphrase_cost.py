"""What a guess at a passphrase costs: a value of the product that the cheap slots of other tests leave alone."""

from __future__ import annotations

from tests.support.vault import CHEAP
from workbench.platform.register import key_slots


def test_a_guess_costs_what_the_product_says():
    """64 MiB, three passes, four lanes (RFC 9106's second choice); a key file may ask for more, up to a limit."""
    cost = type(CHEAP)()
    assert (cost.memory, cost.passes, cost.lanes) == (64 * 1024, 3, 4)
    limit = key_slots.HIGHEST_COST
    assert (limit.memory >= cost.memory, limit.passes >= cost.passes, limit.lanes >= cost.lanes) == (True,) * 3
