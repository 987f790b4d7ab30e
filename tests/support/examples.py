"""How many examples a property test looks at: by the profile that `make test-quick`, `make test`, `make test-slow`, `.ci/run` name."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

QUICK, SOME, MANY, ALL = "quick", "some", "many", "all"
SHARES = {QUICK: 2, SOME: 5, MANY: 25, ALL: 100}  # of the number a test names, in per cent
OWN = {QUICK: 10, SOME: 25, MANY: 50, ALL: 100}  # examples of a test that names no number
LEAST = 3
NO_SHRINKING = (Phase.explicit, Phase.generate)  # a smaller seed is not a smaller world


def register_profiles() -> None:
    """The profiles, ``some`` unless pytest is told another; every run looks at the same examples."""
    for name, number in OWN.items():
        settings.register_profile(
            name,
            derandomize=True,
            deadline=None,
            print_blob=False,
            max_examples=number,
            suppress_health_check=[HealthCheck.too_slow],
        )
    settings.load_profile(SOME)


def share(number: int) -> int:
    """How many of a number of examples are looked at: all of them where all are asked for."""
    return max(min(number, LEAST), number * SHARES[settings.get_current_profile_name()] // 100)


def examples(number: int, *, shrink: bool = True) -> settings:
    """The settings of a test that looks at ``number`` examples when all are asked for; ``shrink`` not for seeds of worlds."""
    most = share(number)
    return settings(max_examples=most) if shrink else settings(max_examples=most, phases=NO_SHRINKING)
