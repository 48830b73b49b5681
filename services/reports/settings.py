"""Settings of the reports service: those that every service has."""

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Reports asks no other service, so it needs nothing of its own."""
