"""What the program counts about itself, for Prometheus: numbers by platform and kind, never an id, never a text.

Gauges of the database (queue, replicas) are read when a page is asked for (`bot.runtime.health`); the same numbers
are given by every replica, so a monitor takes their maximum, not their sum.
"""

from __future__ import annotations

from bot.ports.records import Queue

_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86_400)


class Metrics:
    """One registry a program; its page is `text()`."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = registry = CollectorRegistry()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"intervision_{name}", about, labels, registry=registry)

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(f"intervision_{name}", about, labels, registry=registry)

        self._sent = counter("messages_sent", "Messages delivered by this replica.", "platform")
        self._failed = counter("messages_failed", "Attempts a platform refused.", "platform", "permanent")
        self._uncertain = counter("messages_unanswered", "Attempts that ended without an answer.", "platform")
        self._success = gauge(
            "platform_last_success_seconds", "When a message was answered last, in Unix time.", "platform"
        )
        self._silences = gauge(
            "platform_consecutive_failures",
            "Sends, and looks whether it is back, without an answer since the last one.",
            "platform",
        )
        self._late = Histogram(
            "intervision_message_delay_seconds",
            "From the moment a message was due to its delivery.",
            ["platform"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._steps = counter("steps", "Timers handled by this replica.", "what", "result")
        self._tick = Histogram(
            "intervision_tick_seconds", "How long one look at what is due took, with its steps.", registry=registry
        )
        self._waiting = gauge("outbox_waiting", "Messages that want to be sent at some time.")
        self._due = gauge("outbox_due", "Messages that are due now.")
        self._oldest = gauge("outbox_oldest_seconds", "For how long the oldest due message has been due.")
        self._failed_lately = gauge("outbox_failed", "Messages given up in the last seven days.")
        self._uncertain_lately = gauge("outbox_uncertain", "Messages of unknown fate in the last seven days.")
        self._backup = gauge("backup_age_seconds", "Since the last backup by this program; 0 before the first one.")
        self._replicas = gauge("replicas", "Replicas seen at work within the last minute.")
        self._wanted = gauge("replicas_wanted", "Replicas that are to be at work.")
        self._tick_age = gauge("tick_age_seconds", "Since this replica has looked at what is due.")
        self._anchors = gauge("anchors_failing", "1 while the ends of audit trails are not noted, or one was put back.")
        self._anchors.set(0)
        self._offset = gauge("clock_offset_seconds", "How far this machine's clock is ahead of the database's.")
        self._jumped = gauge("clock_jumped", "1 while nothing is deleted because the clock jumped.")
        self._ready = gauge("ready", "1 while the store takes writes.")

    def sent(self, platform: str, delay: float) -> None:
        """A message arrived, `delay` seconds after it was due."""
        self._sent.labels(platform).inc()
        self._late.labels(platform).observe(delay)

    def answered(self, platform: str) -> None:
        """A platform answered a message."""
        self._success.labels(platform).set_to_current_time()
        self._silences.labels(platform).set(0)

    def silent(self, platform: str) -> None:
        """A platform did not answer, or a gateway answered in its place."""
        self._silences.labels(platform).inc()

    def back(self, platform: str) -> None:
        """A platform that had not answered does again."""
        self._silences.labels(platform).set(0)

    def failed(self, platform: str, *, permanent: bool) -> None:
        """A platform refused a message."""
        self._failed.labels(platform, str(permanent).lower()).inc()

    def uncertain(self, platform: str) -> None:
        """A platform did not answer."""
        self._uncertain.labels(platform).inc()

    def step(self, what: str, result: str, count: int = 1) -> None:
        """Timers were handled ("done"), were another replica's ("taken"), or broke ("broken")."""
        if count:
            self._steps.labels(what, result).inc(count)

    def ticked(self, seconds: float) -> None:
        """One look at what is due, with the steps that were."""
        self._tick.observe(seconds)

    def clock(self, offset: float) -> None:
        """How far the machine's clock is ahead of the database's, in seconds."""
        self._offset.set(offset)

    def anchors(self, *, failing: bool) -> None:
        """Whether the ends of audit trails can be noted outside, and none is shorter than what was noted."""
        self._anchors.set(failing)

    def looked(self, seconds: float) -> None:
        """For how long nobody has looked at what is due, in this replica."""
        self._tick_age.set(seconds)

    def state(
        self,
        *,
        ready: bool,
        queue: Queue | None = None,
        oldest: float = 0.0,
        replicas: int = 0,
        wanted: int = 1,
        backup_age: float = 0.0,
        clock_jumped: bool = False,
    ) -> None:
        """How the store stands now; `oldest` and `backup_age` in seconds."""
        self._ready.set(ready)
        if queue is None:
            return
        self._waiting.set(queue.waiting)
        self._due.set(queue.due)
        self._oldest.set(oldest)
        self._failed_lately.set(queue.failed)
        self._uncertain_lately.set(queue.uncertain)
        self._replicas.set(replicas)
        self._wanted.set(wanted)
        self._backup.set(backup_age)
        self._jumped.set(clock_jumped)

    def text(self) -> bytes:
        """The page in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)

    def catalogue(self) -> list[tuple[str, str]]:
        """Every metric's name with what it says, for the documentation."""
        return [
            (f"{m.name}{'_total' if m.type == 'counter' else ''}", m.documentation) for m in self._registry.collect()
        ]
