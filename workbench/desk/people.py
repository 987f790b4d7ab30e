"""The custodian lets people in and out: slots, roles, passphrases, the sealed recovery slot (S2, S7)."""

from __future__ import annotations

import secrets

import pandas as pd
from zxcvbn import zxcvbn

from workbench.core.errors import WrongUse
from workbench.desk.roles import CLEARED, ROLES
from workbench.desk.session import Session
from workbench.register import slots
from workbench.register.keys import RECOVERY

STRONG = 3  # zxcvbn: 3 withstands an offline attack on a slow hash
RECOVERY_USER = "恢复口令"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read for something else


def check_passphrase(passphrase: str, *names: str) -> None:
    """Refuse a passphrase that is guessed easily. Raises WrongUse ``weak_passphrase``."""
    if not passphrase or zxcvbn(passphrase[:72], user_inputs=list(names))["score"] < STRONG:
        raise WrongUse(
            "weak_passphrase", "口令太弱，容易被猜出。请用几个不相关的词或一句话，不要用姓名、日期和常见口令。",
            "The passphrase is too easy to guess; use several unrelated words or a sentence.",
        )  # fmt: skip


def people(session: Session) -> pd.DataFrame:
    """Columns user, role, title (Chinese), cleared (holds the keys of personal fields), own; in order of arrival."""
    rows = [
        {"user": user, "role": role, "title": ROLES[role][0], "cleared": role in CLEARED, "own": user == session.user}
        for user, role in slots.listed(session.register.path)
    ]
    return pd.DataFrame(rows, columns=["user", "role", "title", "cleared", "own"])


def add(session: Session, user: str, role: str, passphrase: str) -> None:
    """A new user with a passphrase of his own.

    Raises WrongUse ``unknown_role``, ``bad_user``, ``weak_passphrase``; RegisterError ``not_allowed``, ``user_exists``.
    """
    session.require("users")
    if role not in ROLES or role == RECOVERY:
        known = "、".join(f"{name}（{title}）" for name, (title, _) in ROLES.items() if name != RECOVERY)
        raise WrongUse("unknown_role", f"没有角色“{role}”。可选：{known}。", f"There is no role {role!r}.")
    if not user.strip() or user != user.strip() or not user.isprintable() or user == RECOVERY_USER:
        raise WrongUse("bad_user", "用户名不能为空，前后不能有空格。请另取一个。", "The user name is not usable.")
    check_passphrase(passphrase, user)
    with session.deed("user_add", session.now, user=user, role=role) as entry:
        path, keys = session.register.path, session.register.keys
        entry.know_generation(slots.add(path, keys, user, role, passphrase, cleared=role in CLEARED))


def set_passphrase(session: Session, passphrase: str, user: str | None = None) -> None:
    """Another passphrase: everybody his own, the custodian also anybody's who lost his.

    Raises WrongUse ``weak_passphrase``; RegisterError ``not_allowed``, ``unknown_user``.
    """
    name = user or session.user
    if name != session.user:
        session.require("users")
    check_passphrase(passphrase, name)
    role = dict(slots.listed(session.register.path)).get(name, session.role)
    with session.deed("user_passphrase", session.now, user=name) as entry:
        path, keys = session.register.path, session.register.keys
        entry.know_generation(slots.reseal(path, keys, name, passphrase, cleared=role in CLEARED))


def revoke(session: Session, user: str) -> None:
    """Take a user's slot away: his passphrase opens the register no more.

    The last custodian stays. Raises WrongUse ``last_custodian``; RegisterError ``not_allowed``, ``unknown_user``.
    """
    session.require("users")
    with session.deed("user_revoke", session.now, user=user) as entry:
        path, keys = session.register.path, session.register.keys
        custodians = [name for name, role in slots.listed(path) if role == "custodian"]
        if custodians == [user]:
            raise WrongUse(
                "last_custodian", f"“{user}”是唯一的信息管理员，不能撤销。请先增加另一位信息管理员。",
                f"{user} is the only custodian and cannot be revoked; add another one first.",
            )  # fmt: skip
        entry.know_generation(slots.drop(path, keys, user))


def renew_recovery(session: Session) -> str:
    """A fresh recovery passphrase, to be printed and locked away; an earlier one stops working.

    It opens a slot that may do one thing: give users another passphrase. Raises RegisterError ``not_allowed``.
    """
    session.require("users")
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(6))
    with session.deed("recovery_renew", session.now) as entry:
        path, keys = session.register.path, session.register.keys
        if any(role == RECOVERY for _, role in slots.listed(path)):
            slots.drop(path, keys, RECOVERY_USER)
        entry.know_generation(slots.add(path, keys, RECOVERY_USER, RECOVERY, code, cleared=True))
    return code
