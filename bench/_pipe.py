"""The bare pipe that telemetry is held against: MQTT to a table, with nothing looked at.

Run as a program: subscribes, copies every value of every message into a table without keys, and
acknowledges after COMMIT, until so many messages came. What it leaves out is what the listener
does: signatures, checks, duplicates, the registry, row security, quarantine, receipts.
"""

from __future__ import annotations

import queue
import sys
import time
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from workers.mqtt import BrokerAddress

TOPIC = "pipe/#"
BATCH_READINGS = 20_000
TABLE = """
DROP TABLE IF EXISTS public.pipe;
CREATE TABLE public.pipe
  (ts timestamptz NOT NULL, p text NOT NULL, v float8 NOT NULL, q int2 NOT NULL);
CREATE INDEX ON public.pipe USING brin (ts)
"""
COPY = "COPY public.pipe FROM STDIN (FORMAT BINARY)"


def samples(members: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the instants of a message."""
    found: list[dict[str, Any]] = members.get("readings") or [members]
    return found


def main(mqtt_url: str, database_url: str, messages: int) -> None:
    """Copy so many messages and say when the last was committed."""
    address = BrokerAddress.parse(mqtt_url)
    waiting: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()
    client = Client(CallbackAPIVersion.VERSION2, client_id="pipe", manual_ack=True)
    client.username_pw_set(address.user or "", address.password)
    client.on_message = lambda _c, _d, message: waiting.put(message)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(TABLE)
        client.connect(address.host, address.port)
        client.subscribe(TOPIC, 1)
        client.loop_start()
        done = 0
        while done < messages:
            done += copy(client, database, waiting)
        print(f"done {time.time()}", flush=True)
    client.disconnect()
    client.loop_stop()


def copy(
    client: Client, database: psycopg.Connection, waiting: queue.SimpleQueue[MQTTMessage]
) -> int:
    """Copy what is there and return how many messages that were."""
    batch, readings = [waiting.get()], 0
    with database.cursor() as cursor, cursor.copy(COPY) as rows:
        rows.set_types(["timestamptz", "text", "float8", "int2"])
        for message in batch:
            for sample in samples(orjson.loads(message.payload)):
                taken_at = datetime.fromtimestamp(sample["ts"] / 1000, UTC)
                for point, value in sample["vals"].items():
                    rows.write_row((taken_at, point, float(value), sample["q"]))
                    readings += 1
            if readings < BATCH_READINGS and not waiting.empty():
                batch.append(waiting.get())
    for message in batch:
        client.ack(message.mid, message.qos)
    return len(batch)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
