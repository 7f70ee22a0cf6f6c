"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB: above the floor of ASVS V11.4.2 (t=2, m=19 MiB, p=1), and eight sign-ins at once still fit
    a small server (Django's default takes 100 MiB each). A changed number renews a hash at its next sign-in."""

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1
