"""A server that hides idle drafts after seconds instead of minutes, to save time in tests.

python -m tests.browser.short_timeouts serve ...
"""

import sys
from functools import partial

from ting.__main__ import main
from ting.realtime import services
from ting.realtime.drafts import DraftRules

HIDDEN_AFTER_S = 1.5

if __name__ == "__main__":
    setattr(services, "DraftRules", partial(DraftRules, hidden_after_s=HIDDEN_AFTER_S))  # noqa: B010 - for mypy
    sys.exit(main())
