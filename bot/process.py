"""`python -m bot serve`: one server in the foreground, in place of this process, as containers and service managers want it."""

from __future__ import annotations

import os
import sys
from enum import Enum

import typer

from bot.desk.cli_base import fail
from bot.operations.cli import require_settings
from bot.serve import Service, ServiceError, services
from bot.settings import ROOT, child_environment


class Server(str, Enum):
    """Which one."""

    rasa = "rasa"
    actions = "actions"


_SERVER = typer.Argument(..., metavar="rasa|actions", help="Rasa 服务，或动作服务。")


def chosen(server: Server) -> Service:
    """How a server is started and asked whether it is ready."""
    actions, rasa = services()
    return rasa if server is Server.rasa else actions


def serve_command(server: Server = _SERVER) -> None:
    """只启动一个服务，日志写到标准输出（容器、systemd 用）；SIGTERM 时答完手上的问题再停。例：python -m bot serve rasa"""
    require_settings()
    service, environment = chosen(server), child_environment()
    try:
        service.require_model()
    except ServiceError as error:
        raise fail(str(error)) from None
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(service.command[0], service.command, environment)  # noqa: S606  our own program; signals reach it directly
