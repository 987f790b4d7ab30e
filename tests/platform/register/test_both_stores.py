"""What holds of a register in a file holds of one on a server: the same tests, with the server's register in place of it.

Not among them: what is done to the file itself, and tampering in words only SQLite understands (``postgres/test_server.py`` has its own).
"""

from __future__ import annotations

import pytest

from tests.platform.register.test_customer_keys import (  # noqa: F401
    test_a_deed_that_is_undone_leaves_no_key,
    test_the_field_key_opens_values_only_by_way_of_a_customers_key,
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
from tests.platform.register.test_round_trip import (  # noqa: F401
    test_a_hash_of_digits_stays_text,
    test_a_missing_text_among_others_is_none,
    test_columns_come_back_typed,
    test_filters_compare_as_the_columns_are_stored,
    test_missing_values_are_null_whatever_they_were,
    test_sealed_columns_are_read_only_when_named,
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
