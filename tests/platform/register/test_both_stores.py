"""What holds of a register in a file holds of one on a server: the same tests, with the server's register in place of it.

Not among them: what is done to the file itself, and tampering in words only SQLite understands (``postgres/test_server.py`` has its own).
"""

from __future__ import annotations

import pytest

from tests.platform.register.test_customer_keys import (  # noqa: F401
    test_a_deed_that_is_undone_leaves_no_key,
    test_the_field_key_opens_values_only_by_way_of_a_customers_key,
)
from tests.platform.register.test_free_texts import (  # noqa: F401
    fill as with_texts,
)
from tests.platform.register.test_free_texts import (  # noqa: F401
    test_who_holds_the_names_key_reads_them_and_nobody_else,
)
from tests.platform.register.test_history import (  # noqa: F401
    test_a_correction_is_a_new_version,
    test_an_entry_cannot_be_chosen,
    test_entries_are_numbered_without_gaps,
    test_kept_statuses_are_replaced_and_outside_the_trail,
)
from tests.platform.register.test_name_blocks import (  # noqa: F401
    test_a_place_without_leads_has_nobody,
    test_what_comes_in_step_by_step_is_kept_whole,
)
from tests.platform.register.test_names import (  # noqa: F401
    fill as with_names,
)
from tests.platform.register.test_names import (  # noqa: F401
    test_who_holds_the_names_key_reads_what_was_written,
)
from tests.platform.register.test_opening import (  # noqa: F401
    test_a_newer_schema_is_refused,
    test_a_wrong_passphrase_is_refused,
    test_an_older_register_is_brought_up_to_date_once,
    test_an_unknown_user_is_refused,
    test_several_users_have_to_say_who_they_are,
    test_the_right_passphrase_opens,
)
from tests.platform.register.test_personal_fields import (  # noqa: F401
    test_a_role_without_the_field_key_cannot_write_personal_data_either,
    test_a_role_without_the_field_key_sees_no_personal_data,
    test_a_sealed_value_moved_to_another_row_column_or_table_is_refused,
    test_equal_phones_have_equal_hashes,
    test_equal_values_are_sealed_differently,
    test_hashes_that_begin_alike_are_told_apart,
    test_registers_have_different_hashes_for_the_same_phone,
)
from tests.platform.register.test_records import (  # noqa: F401
    register,
    test_an_undeclared_table_is_a_fault,
    test_facts_are_cut_by_time,
    test_personal_fields_are_sealed,
    test_rows_are_picked_counted_and_compared,
    test_rows_come_back_as_they_went_in,
)
from tests.platform.register.test_rollback import (  # noqa: F401
    test_a_detail_that_cannot_be_kept_undoes_the_deed,
    test_a_snapshot_stays_as_it_was,
    test_an_exception_inside_a_deed_leaves_no_trace,
    test_others_see_nothing_before_the_end,
    test_what_the_tables_forbid_undoes_the_deed,
)
from tests.platform.register.test_round_trip import (  # noqa: F401
    test_a_hash_of_digits_stays_text,
    test_a_missing_text_among_others_is_none,
    test_columns_come_back_typed,
    test_filters_compare_as_the_columns_are_stored,
    test_missing_values_are_null_whatever_they_were,
    test_sealed_columns_are_read_only_when_named,
)
from tests.platform.register.test_signing import (  # noqa: F401
    block,
    test_a_signature_is_checked_without_any_secret,
    test_nothing_else_passes,
    test_the_same_document_in_another_order_is_the_same,
)
from tests.platform.register.test_tampering import (  # noqa: F401
    test_back_dating_shows,
    test_every_earlier_head_stays_good,
    test_the_trail_goes_on_after_damage_and_still_shows_it,
)
from tests.support.fixtures.postgres import ServerVault

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def original_vault(postgres):
    """A register on the server with two committed transactions; copied, never opened by a test itself."""
    return ServerVault.on(postgres, pairs=2)


@pytest.fixture
def vault(original_vault: ServerVault, tmp_path):
    """A copy of the register to work on."""
    return original_vault.copy(tmp_path)


@pytest.fixture
def named(postgres) -> ServerVault:
    """A register with names in every kind of place."""
    vault = ServerVault.on(postgres)
    with_names(vault)
    return vault


@pytest.fixture
def typed_in(postgres) -> ServerVault:
    """A register with a text in every place where one can stand."""
    vault = ServerVault.on(postgres)
    with_texts(vault)
    return vault
