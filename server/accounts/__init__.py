"""People, teams, roles, sessions, devices, blocks, suspensions: who somebody is, and who may still be heard.

Everything that takes something away (a session, a role, a standing, a contact) first locks the user_stream
rows of the people concerned. Whoever reads standing after locking the same rows accepts nothing after the
commit that revoked.
"""
