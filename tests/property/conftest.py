"""What the properties share: how many examples they look at, and a database for threads."""

from tests.integration.realtime.house import use_file_database

use_file_database()
