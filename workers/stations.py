"""The TCP listener for stations that speak HJ 212 (4.2 c): reads, stores, then answers.

One task for each connection. The next frame of a connection is read when the last one is stored,
so that a station is slowed down by TCP itself; nothing is ever sent that a station would act on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from services import clock
from services.collection.hj212 import Broken, Frames
from services.collection.hj212_intake import StationIntake
from services.collection.intake import Intake
from services.collection.pace import Pace
from services.data.engine import Database
from services.data.sealing import Sealing
from services.data.telemetry import StorageAwayError
from services.settings import Settings, environment
from workers.lines import write_log

logger = logging.getLogger(__name__)

PIECE_BYTES = 4096
# A station speaks every minute, or sends a heart-beat; one that is silent for longer is gone.
SILENT_SECONDS = 900.0
MOST_CONNECTIONS = 1_000
# After so much that is no frame, the other side is no station.
MOST_BROKEN = 20
AT_WORK = 4
BACK_OFF_SECONDS = (0.2, 10.0)


class Stations:
    """Takes the connections of stations until it is stopped."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self._database = database
        self._intake = intake
        self._open: set[asyncio.StreamWriter] = set()
        self._pool = ThreadPoolExecutor(AT_WORK)

    async def serve(self, host: str, port: int, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        server = await asyncio.start_server(self._talk, host, port, limit=PIECE_BYTES)
        logger.info("Listening for stations on %s:%s", host, port)
        async with server:
            await stop.wait()
            for writer in self._open:
                writer.close()
        self._pool.shutdown()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= MOST_CONNECTIONS:
            logger.warning("More than %s stations at once; one is turned away", MOST_CONNECTIONS)
            writer.close()
            return
        self._open.add(writer)
        try:
            with suppress(ConnectionError, TimeoutError):
                await self._read(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames, broken = Frames(), 0
        station = StationIntake(self._database, self._intake)
        while piece := await asyncio.wait_for(reader.read(PIECE_BYTES), SILENT_SECONDS):
            for found in frames.feed(piece):
                broken += isinstance(found, Broken)
                answer = await self._insist(station, found)
                if answer:
                    writer.write(answer)
                    await writer.drain()
                if broken > MOST_BROKEN or station.is_stranger:
                    return

    async def _insist(self, station: StationIntake, found: bytes | Broken) -> bytes:
        """Return the answer, trying again while the database is away."""
        pause, longest = BACK_OFF_SECONDS
        received_at, loop = clock.now(), asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._pool, station.take, found, received_at)
            except StorageAwayError as error:
                logger.warning("Database away (%s); keeping a frame", error.values["reason"])
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)


async def listen(settings: Settings, database: Database) -> None:
    """Listen until SIGTERM or Ctrl-C."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    host, _, port = settings.hj212.rpartition(":")
    intake = Intake(database, Pace(settings.device_per_second))
    await Stations(database, intake).serve(host, int(port), stop)


def main(environ: Mapping[str, str]) -> None:
    """Listen where the setting says."""
    settings = Settings.from_environment(environ)
    write_log(settings.log_level)
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    try:
        asyncio.run(listen(settings, database))
    finally:
        database.dispose()


if __name__ == "__main__":
    main(environment())
