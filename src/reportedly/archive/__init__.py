"""An archive: what was read in very many reports, as Parquet files that any tool can query.

Sources are listed (:mod:`.inputs`), cut into shards (:mod:`.shards`), read by an
engine (:mod:`.engines`, :mod:`.on_ray`) and written as tables (:mod:`.tables`);
what is done stands in a manifest (:mod:`.manifest`), so that a run may stop
anywhere. Copies among all reports are found by :mod:`.joining`, and
:mod:`.loading` brings an archive into a desk without reading anything again.
"""

from __future__ import annotations
