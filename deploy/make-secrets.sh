#!/bin/sh
# Makes the secrets that docker-compose.yml reads, each in a file of its own in deploy/secrets; what is there already stays.
# Containers read them as other users: the files can be read by all, the folder only by who made it.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

keep() { # name, content
    if [ ! -e "$folder/$1" ]; then
        printf '%s' "$2" > "$folder/$1"
        echo "made $1"
    fi
    chmod 444 "$folder/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep postgres_password "$(random)"
keep redis_password "$(random)"
keep web_secret "$(random)"
keep grafana_password "$(random)"
keep database_url "postgresql+psycopg2://assistant:$(cat "$folder/postgres_password")@postgres:5432/assistant"
keep redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
# Empty until WeCom is set up (docs/wecom.zh.md); an empty one counts as not set.
keep wecom_secret ""
keep wecom_token ""
keep wecom_aes_key ""
keep wecom_kf_secret ""
