"""The application of a room, with staff of every role: as the tests of its pages have it."""

from tests.voting.conftest import tellers as tellers
from tests.voting.web.conftest import app as app
from tests.voting.web.conftest import browser as browser
from tests.voting.web.conftest import cheap_passwords as cheap_passwords
from tests.voting.web.conftest import clock as clock
from tests.voting.web.conftest import room as room
