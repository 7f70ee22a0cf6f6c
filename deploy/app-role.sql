-- What the role of web and worker may do, given by the owner of the database. Run it after every migration: a table that a
-- release brings is open to that role (the defaults below) until this has closed it again. Running it twice does no harm.
--
--     SET warmlijn.app_role = 'warmlijn_app';   then this file, as the owner. deploy/grant-app does both.
--
-- People's rows may be read and changed. The audit log may be read and added to: no right to change or delete an entry
-- or a checkpoint, and of a stream only its head may be set (a trigger lets it only rise).
DO $$
DECLARE
    app text := current_setting('warmlijn.app_role');
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', app);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', app);

    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM %I', app);
    EXECUTE format(
        'REVOKE UPDATE, DELETE ON audit_auditentry, audit_auditcheckpoint, audit_auditstream, audit_auditsigner FROM %I', app);
    EXECUTE format('GRANT UPDATE (head, head_hash) ON audit_auditstream TO %I', app);
    EXECUTE format('GRANT UPDATE (vouched_by, vouch) ON audit_auditsigner TO %I', app);
END $$;
