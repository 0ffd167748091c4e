"""The sender reports of a stream, which aiortc receives and keeps to itself.

It counts the packets in them, but gives away neither the time of the stream nor what it has taken
off that time in its frames. Both are read here from what is private in it. Where a version has them
no more there are no reports, and
:class:`~emotion_core.practice.live.capture_clock.CaptureClock` goes by arrivals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpReceiver
from aiortc.rtp import RtcpSrPacket

# Seconds from 1900, where the time of day in reports begins, to 1970.
_EPOCH = 2_208_988_800
_RATES = {"video": 90_000, "audio": 48_000}
_WRAP = 1 << 32


def on_sender_report(
    receiver: RTCRtpReceiver, kind: str, tell: Callable[[float, float], None]
) -> None:
    """Be told of each report.

    Args:
        receiver: of the stream.
        kind: ``video`` or ``audio``.
        tell: is given the time of the stream, as that of its frames, and the sender's time of day,
            both in seconds.
    """
    handle = getattr(receiver, "_handle_rtcp_packet", None)
    mapper: Any = getattr(receiver, "_RTCRtpReceiver__timestamp_mapper", None)
    if handle is None or not hasattr(mapper, "_origin") or not hasattr(mapper, "_last"):
        return

    async def handle_and_tell(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket) and mapper._origin is not None:
            since = (packet.sender_info.rtp_timestamp - mapper._last) % _WRAP
            since -= _WRAP if since >= _WRAP // 2 else 0  # it may lie before the newest frame
            time = (mapper._last - mapper._origin + since) / _RATES[kind]
            tell(time, packet.sender_info.ntp_timestamp / _WRAP - _EPOCH)
        await handle(packet)

    receiver._handle_rtcp_packet = handle_and_tell  # type: ignore[method-assign]
