"""The Web API's methods, with the checks and words of refusal of Slack's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.standins.slack.limits import message_faults, view_faults
from tests.standins.slack.workspace import METHOD_SCOPES, Json, Token, View, Workspace


class Refuse(Exception):
    """A method's `ok: false`."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error}
        if messages:
            self.body["response_metadata"] = {"messages": messages}


class Methods:
    """One function a method; each returns the answer's fields."""

    def __init__(self, kept: Workspace, base: Callable[[], str]) -> None:
        self.kept = kept
        self.base = base
        self.manifest: Json = {}
        self.codes: dict[str, Json] = {}

    def call(self, method: str, bearer: str, given: Json) -> Json:
        """Answer a call. Raises Refuse."""
        function = getattr(self, method.replace(".", "_"), None)
        if function is None:
            raise Refuse("unknown_method")
        if method == "oauth.v2.access":
            return dict(self.oauth_v2_access(given))
        token = self._token(bearer)
        needed = METHOD_SCOPES.get(method)
        if needed and not needed & set(token.scopes.split(",")):
            raise Refuse("missing_scope")
        return dict(function(given, token))

    def _token(self, bearer: str) -> Token:
        token = self.kept.tokens.get(bearer)
        if token is None:
            raise Refuse("invalid_auth")
        if token.expired:
            raise Refuse("token_expired")
        if not token.good:
            raise Refuse("token_revoked")
        return token

    # ---- the app itself ----------------------------------------------------------------------

    def auth_test(self, given: Json, token: Token) -> Json:
        return {"team_id": token.tenant, "user_id": "U0BOT", "bot_id": "B0BOT"}

    def apps_connections_open(self, given: Json, token: Token) -> Json:
        if "connections:write" not in token.scopes:
            raise Refuse("not_allowed_token_type")
        return {"url": f"{self.base().replace('http', 'ws')}/link"}

    def apps_manifest_export(self, given: Json, token: Token) -> Json:
        if given.get("app_id") != "A0APP":
            raise Refuse("invalid_app_id")
        return {"manifest": self.manifest}

    def oauth_v2_access(self, given: Json) -> Json:
        if given.get("client_secret") != "client-secret":
            raise Refuse("bad_client_secret")
        if given.get("grant_type") == "refresh_token":
            tenant = self.kept.refresh_tokens.pop(given.get("refresh_token", ""), None)
            if tenant is None:
                raise Refuse("invalid_refresh_token")
            return self._tokens(tenant) | {"team": {"id": tenant}}
        granted = self.codes.pop(given.get("code", ""), None)
        if granted is None:
            raise Refuse("invalid_code")
        tenant = granted["enterprise"]["id"] if granted.get("is_enterprise_install") else granted["team"]["id"]
        return granted | self._tokens(tenant)

    def _tokens(self, tenant: str) -> Json:
        access, refresh = f"xoxe.xoxb-{self.kept.number()}", f"xoxe-1-{self.kept.number()}"
        self.kept.tokens[access] = Token(tenant)
        self.kept.refresh_tokens[refresh] = tenant
        about = {
            "token_type": "bot",
            "scope": self.kept.tokens[access].scopes,
            "bot_user_id": "U0BOT",
            "app_id": "A0APP",
        }
        return about | {"access_token": access, "refresh_token": refresh, "expires_in": 43200}

    # ---- people and conversations ------------------------------------------------------------

    def users_info(self, given: Json, token: Token) -> Json:
        person = self.kept.people.get(given.get("user", ""))
        if person is None:
            raise Refuse("user_not_found")
        if "users:read.email" not in token.scopes:
            person = {**person, "profile": {k: v for k, v in person["profile"].items() if k != "email"}}
        return {"user": person}

    def users_lookupByEmail(self, given: Json, token: Token) -> Json:  # noqa: N802  # found by the name of Slack's method
        """Slack finds active members of the workspace only, and says nothing of their language here."""
        wanted = str(given.get("email", "")).casefold()
        for person in self.kept.people.values():
            known = str(person["profile"].get("email", "")).casefold()
            if known and known == wanted and not person.get("deleted"):
                return {"user": {k: v for k, v in person.items() if k != "locale"}}
        raise Refuse("users_not_found")

    def conversations_open(self, given: Json, token: Token) -> Json:
        person = self.kept.people.get(given.get("users", ""))
        if person is None:
            raise Refuse("user_not_found")
        if person.get("deleted"):
            raise Refuse("user_disabled")
        return {"channel": {"id": self.kept.direct(person["id"])}}

    def conversations_info(self, given: Json, token: Token) -> Json:
        channel = self._channel(given)
        self._may_see(channel, token)
        return {"channel": channel}

    def conversations_members(self, given: Json, token: Token) -> Json:
        channel = self._channel(given)
        self._may_see(channel, token)
        users = self.kept.members.get(channel["id"], [])
        limit, cursor = str(given.get("limit", 100)), str(given.get("cursor") or "")
        if not limit.isdecimal() or not 1 <= int(limit) <= 999:
            raise Refuse("invalid_limit")
        if cursor and not cursor.startswith("after="):
            raise Refuse("invalid_cursor")
        start = int(cursor.removeprefix("after=") or 0)
        # Slack may give fewer than were asked for, though there are more.
        end = start + min(int(limit), 150)
        following = f"after={end}" if end < len(users) else ""
        return {"members": users[start:end], "response_metadata": {"next_cursor": following}}

    def _may_see(self, channel: Json, token: Token) -> None:
        """Of a private channel a bot hears only where it is a member; each kind has a scope of its own."""
        if channel.get("is_im"):
            return
        private = channel.get("is_private", False)
        if private and not channel.get("app", False):
            raise Refuse("channel_not_found")
        if ("groups:read" if private else "channels:read") not in token.scopes.split(","):
            raise Refuse("missing_scope")

    def usergroups_list(self, given: Json, token: Token) -> Json:
        shown = [g for g in self.kept.groups.values() if not g["date_delete"]]
        return {"usergroups": [{k: v for k, v in g.items() if k != "users"} for g in shown]}

    def usergroups_users_list(self, given: Json, token: Token) -> Json:
        found = self.kept.groups.get(given.get("usergroup", ""))
        if found is None:
            raise Refuse("no_such_subteam")
        return {"users": found["users"]}

    def conversations_history(self, given: Json, token: Token) -> Json:
        found = self.kept.messages.get(self._channel(given)["id"], {})
        return {"messages": [found[ts] for ts in sorted(found, reverse=True)][: int(given.get("limit", 100))]}

    def _channel(self, given: Json) -> Json:
        channel = self.kept.channels.get(given.get("channel", ""))
        if channel is None:
            raise Refuse("channel_not_found")
        return channel

    # ---- messages ----------------------------------------------------------------------------

    def chat_postMessage(self, given: Json, token: Token) -> Json:  # noqa: N802  # found by the name of Slack's method
        channel = self._channel(given)
        if channel.get("is_archived"):
            raise Refuse("is_archived")
        self._check_message(given)
        ts = f"1700000000.{self.kept.number():06}"
        self.kept.messages.setdefault(channel["id"], {})[ts] = {**given, "ts": ts}
        return {"channel": channel["id"], "ts": ts}

    def chat_postEphemeral(self, given: Json, token: Token) -> Json:  # noqa: N802  # found by the name of Slack's method
        self._channel(given)
        self._check_message(given)
        self.kept.ephemeral.setdefault(given["user"], []).append({**given, "response_type": "ephemeral"})
        return {"message_ts": f"1700000000.{self.kept.number():06}"}

    def chat_update(self, given: Json, token: Token) -> Json:
        found = self._message(given)
        self._check_message(given)
        found.update(given)
        return {"channel": given["channel"], "ts": given["ts"]}

    def chat_delete(self, given: Json, token: Token) -> Json:
        self._message(given)
        del self.kept.messages[given["channel"]][given["ts"]]
        return {}

    def _message(self, given: Json) -> Json:
        found = self.kept.messages.get(self._channel(given)["id"], {}).get(given.get("ts", ""))
        if found is None:
            raise Refuse("message_not_found")
        return found

    def _check_message(self, given: Json) -> None:
        faults = message_faults(given)
        if faults:
            raise Refuse("invalid_blocks", faults)
        for block in given.get("blocks", ()):
            self._check_file(block)

    def _check_file(self, block: Json) -> None:
        file = (block.get("slack_file") or {}).get("id")
        if file and not self.kept.files.get(file, {}).get("complete"):
            raise Refuse("invalid_blocks", [f"slack_file {file} is not there"])

    # ---- views -------------------------------------------------------------------------------

    def views_open(self, given: Json, token: Token) -> Json:
        user = self._trigger(given)
        return {"view": self.kept.open_view(user, self._view(given, "modal")).payload()}

    def views_push(self, given: Json, token: Token) -> Json:
        user = self._trigger(given)
        if len(self.kept.stacks.get(user, ())) >= 3:
            raise Refuse("push_limit_reached")
        return {"view": self.kept.open_view(user, self._view(given, "modal"), push=True).payload()}

    def views_update(self, given: Json, token: Token) -> Json:
        view = self.kept.find_view(view_id=given.get("view_id", ""), external_id=given.get("external_id", ""))
        if view is None:
            raise Refuse("not_found")
        self._check_hash(given, view)
        self.kept.redraw(view, self._view(given, "modal"))
        return {"view": view.payload()}

    def views_publish(self, given: Json, token: Token) -> Json:
        user = given["user_id"]
        body = self._view(given, "home")
        if user in self.kept.homes:
            self._check_hash(given, self.kept.homes[user])
            self.kept.redraw(self.kept.homes[user], body)
        else:
            made = f"V{self.kept.number()}"
            self.kept.homes[user] = View(made, user, body, "0.hash", made)
            self.kept.redraw(self.kept.homes[user], body)
        return {"view": self.kept.homes[user].payload()}

    def _check_hash(self, given: Json, view: View) -> None:
        if given.get("hash") and given["hash"] != view.hash:
            raise Refuse("hash_conflict")

    def _view(self, given: Json, kind: str) -> Json:
        view: Json = given.get("view") or {}
        faults = view_faults(view) if view.get("type") == kind else [f"view: not a {kind}"]
        if faults:
            raise Refuse("invalid_arguments", faults)
        external = view.get("external_id")
        if external and self.kept.find_view(external_id=external):
            raise Refuse("duplicate_external_id")
        for block in view["blocks"]:
            self._check_file(block)
        return view

    def _trigger(self, given: Json) -> str:
        trigger = given.get("trigger_id", "")
        if trigger in self.kept.used_triggers:
            raise Refuse("exchanged_trigger_id")
        if trigger not in self.kept.triggers:
            raise Refuse("invalid_trigger_id")
        born, user = self.kept.triggers[trigger]
        if asyncio.get_running_loop().time() - born > self.kept.trigger_life:
            raise Refuse("expired_trigger_id")
        self.kept.used_triggers.add(trigger)
        return user

    # ---- files -------------------------------------------------------------------------------

    def files_getUploadURLExternal(self, given: Json, token: Token) -> Json:  # noqa: N802  # found by the name of Slack's method
        if not given.get("filename") or int(given.get("length", 0)) < 1:
            raise Refuse("invalid_arguments")
        file = f"F{self.kept.number()}"
        self.kept.files[file] = {"name": given["filename"], "length": int(given["length"])}
        return {"upload_url": f"{self.base()}/upload/{file}", "file_id": file}

    def files_completeUploadExternal(self, given: Json, token: Token) -> Json:  # noqa: N802  # found by the name of Slack's method
        for each in given["files"]:
            file = self.kept.files.get(each["id"])
            if file is None or len(file.get("content", b"")) != file["length"]:
                raise Refuse("file_not_found")
            file["complete"] = True
            if given.get("channel_id"):
                self.chat_postMessage_file(self._channel({"channel": given["channel_id"]}), file, given)
        return {"files": given["files"]}

    def chat_postMessage_file(self, channel: Json, file: Json, given: Json) -> None:  # noqa: N802  # found by the name of Slack's method
        ts = f"1700000000.{self.kept.number():06}"
        message: Any = {"text": given.get("initial_comment", ""), "files": [file], "ts": ts}
        self.kept.messages.setdefault(channel["id"], {})[ts] = message
