"""The alternatives of readings that the worlds are compared under, one by one and together."""

from __future__ import annotations

ALTERNATIVES = (
    {},
    {"cap_month_at_target": True},
    {"conversion_basis": "reporter"},
    {"repeat_project_reward": True},
    {"dealer_taxi": "invalid"},
    {"overdue_unit": "dispatch"},
    {"returned_row_grace": 3},
    {"form_grace": 0},
    {"other_category": "free"},
    {"tie": "reported_date"},
    {"undated_months": 2},
    {
        "cap_month_at_target": True,
        "conversion_basis": "reporter",
        "repeat_project_reward": True,
        "dealer_taxi": "invalid",
        "overdue_unit": "dispatch",
        "returned_row_grace": 3,
        "other_category": "free",
        "tie": "reported_date",
        "undated_months": 2,
    },
)
