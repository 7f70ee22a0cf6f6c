"""What every test shares: no network beyond this machine."""

from tests.network_guard import install

install()
