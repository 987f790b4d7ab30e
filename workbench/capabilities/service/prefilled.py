"""How T19 is filled in beforehand in the card of a customer."""

from __future__ import annotations

from workbench.platform.intake.prepared_books import Prefill

PREFILLS = (Prefill("service_flow", "workbench.capabilities.service.listing:flow_of_customer"),)
