"""Tracks clustered into characters: which faces of a scene, or of a film, are one person's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.types import FloatArray


@dataclass(frozen=True, slots=True)
class KnownCharacters:
    """Characters that there are already, as parallel arrays of length k.

    Attributes:
        totals: (k, d) float32, sums of the embeddings of their tracks.
        counts: (k,) how many tracks that is.
    """

    totals: FloatArray
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.totals)

    @classmethod
    def none(cls) -> KnownCharacters:
        """Nobody yet."""
        return cls(np.zeros((0, 0), np.float32), np.zeros(0, np.int64))


def cluster_tracks(
    vectors: FloatArray,
    together: npt.NDArray[np.bool_],
    threshold: float,
    *,
    fixed: npt.NDArray[np.int64] | None = None,
    known: KnownCharacters | None = None,
) -> npt.NDArray[np.int64]:
    """Cluster tracks into characters, never two that are on screen together.

    Agglomerative clustering with average linkage (Sokal and Michener 1958; here the mean cosine of
    all pairs between two clusters) and with constraints (Wagstaff et al. 2001, "Constrained k-means
    clustering with background knowledge", whose cannot-link this is): the two nearest clusters are
    joined again and again, while they are nearer than ``threshold``. Never joined are two clusters
    with tracks that are on screen together, nor two that are known or fixed.

    Args:
        vectors: (n, d), rows of length 1; a row of zeros is like nobody.
        together: (n, n), whether two tracks are on screen in the same frame.
        threshold: least mean cosine at which two clusters are joined.
        fixed: (n,) the known character that a track was given by the user, or -1.
        known: characters that there are already, from other scenes.

    Returns:
        (n,) the number of the character of each track: those of ``known`` keep their number, new
        ones are numbered from there on in the order of their first track.
    """
    known = known or KnownCharacters.none()
    count, characters = len(vectors), len(known)
    if not count:
        return np.zeros(0, np.int64)
    if fixed is None:
        fixed = np.full(count, -1, np.int64)
    # clusters: the known characters first, then each track for itself
    totals = np.zeros((characters + count, vectors.shape[1]))
    sizes = np.concatenate([known.counts, np.ones(count, np.int64)]).astype(np.float64)
    if known.totals.size:  # nothing is seen of those whom the user has made anew
        totals[:characters] = known.totals
    totals[characters:] = vectors
    apart = np.zeros((characters + count,) * 2, bool)
    apart[:characters, :characters] = True
    apart[characters:, characters:] = together
    np.fill_diagonal(apart, True)
    member = np.arange(characters, characters + count)
    clusters = _Clusters(totals, sizes, apart)
    for track in np.flatnonzero(fixed >= 0):
        clusters.join(int(fixed[track]), characters + int(track))
        member[track] = fixed[track]
    while (pair := clusters.nearest(threshold)) is not None:
        kept, joined = pair
        clusters.join(kept, joined)
        member[member == joined] = kept
    return _numbered(member, characters)


class _Clusters:
    """Clusters with the mean cosine of each pair; the lower number of two that are joined stays."""

    def __init__(
        self,
        totals: npt.NDArray[np.float64],
        sizes: npt.NDArray[np.float64],
        apart: npt.NDArray[np.bool_],
    ) -> None:
        self._totals, self._sizes, self._apart = totals, sizes, apart
        # a character that the user has made anew has no tracks yet
        held = np.maximum(sizes, 1)
        self._nearness = np.where(apart, -np.inf, totals @ totals.T / np.outer(held, held))

    def nearest(self, threshold: float) -> tuple[int, int] | None:
        """The nearest two that may be joined, the lower number first."""
        if not self._nearness.size:
            return None
        first, second = divmod(int(self._nearness.argmax()), len(self._nearness))
        if self._nearness[first, second] < threshold:
            return None
        return min(first, second), max(first, second)

    def join(self, kept: int, joined: int) -> None:
        self._totals[kept] += self._totals[joined]
        self._sizes[kept] += self._sizes[joined]
        self._apart[kept] |= self._apart[joined]
        self._apart[:, kept] = self._apart[kept]
        self._nearness[joined] = self._nearness[:, joined] = -np.inf
        self._apart[joined] = self._apart[:, joined] = True
        held = np.maximum(self._sizes, 1)
        means = self._totals @ self._totals[kept] / (held * held[kept])
        means = np.where(self._apart[kept], -np.inf, means)
        self._nearness[kept] = self._nearness[:, kept] = means


def _numbered(member: npt.NDArray[np.int64], known: int) -> npt.NDArray[np.int64]:
    """Clusters of tracks alone numbered from ``known`` on, in the order of their first track."""
    numbers = {cluster: cluster for cluster in range(known)}
    for cluster in member.tolist():
        numbers.setdefault(cluster, len(numbers))
    return np.array([numbers[cluster] for cluster in member.tolist()], np.int64)


def on_screen_together(
    faces: pd.DataFrame, tracks: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_]:
    """Which tracks share a frame.

    Args:
        faces: the table of an analysis.
        tracks: (n,) numbers of tracks.

    Returns:
        (n, n), True also for each track with itself where it is in the table.
    """
    from scipy.sparse import csr_array

    frames, frame = np.unique(faces["frame"].to_numpy(), return_inverse=True)
    place = pd.Index(tracks).get_indexer(faces["track"])
    inside = place >= 0
    # sparse: a film has many tracks and many frames, and each track is in few of them
    seen = csr_array(
        (np.ones(inside.sum(), np.int32), (place[inside], frame[inside])),
        shape=(len(tracks), len(frames)),
    )
    return np.asarray((seen @ seen.T).toarray() > 0)
