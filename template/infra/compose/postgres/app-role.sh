#!/bin/sh
# Runs once, when the database is made: the role of the services owns nothing and is bound by row-level security.
set -eu
psql --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=app --set=password="$APP_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
SQL
