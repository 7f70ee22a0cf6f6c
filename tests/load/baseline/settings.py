"""Settings of the yardstick: what `startproject` and the tutorials of Channels and DRF give."""

import os

import dj_database_url

SECRET_KEY = "the-yardstick-holds-no-secrets-and-listens-on-loopback-only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "rest_framework.authtoken",
    "channels",
    "tests.load.baseline",
]
ROOT_URLCONF = "tests.load.baseline.urls"
ASGI_APPLICATION = "tests.load.baseline.asgi.application"

# Kept open: a connection per message doubles the cost of a message here, and would flatter the product.
DATABASES = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600),
}
# socket_timeout: redis-py 8 gives up after 5 s, exactly when BZPOPMIN does, and idle consumers would die.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": 15}]},
    }
}
