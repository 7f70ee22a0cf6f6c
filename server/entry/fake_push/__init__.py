"""Stand-ins of the outside for tests and demos, in a process of their own on loopback: Firebase Cloud Messaging
(HTTP v1, with its sign-in) and a browser's push service. `python -m server push fake` starts them; refused in prod.
"""
