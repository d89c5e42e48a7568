"""Which files a desk has on both media, and that they are made alike before anything goes on.

`common.alike` knows how; here stands only how each file is judged.
"""

from __future__ import annotations

from common import deadboards, enrolment
from common import journal as journals
from common.alike import Kept, Repair, bring_back_installed, first_of, judge_day, make_alike
from common.countfiles import judge_count
from common.errors import Refused, Thing
from common.media import Medium, TwoMedia
from common.records import BoardKind
from desk.config import DeskConfig


def mended(config: DeskConfig, media: TwoMedia, medium: Medium | None) -> tuple[Repair, ...]:
    """Make what was installed, and what the day wrote once, the same on both media.

    Raises:
        Refused: the medium is not this desk's of today, or another desk was put in its place.
        MediumFault: a medium failed.
    """
    root_key = config.root_public_key
    if medium is not None:
        package, _ = enrolment.load_package(media.own, root_key)
        board = package.board(config.board)
        if board is not None:
            deadboards.refuse_replaced(medium, board, package)
    found = bring_back_installed(media, root_key, config.board)

    def replaced(path: str) -> Kept | None:
        folder, _, rest = path.partition("/")
        name, _, rest = rest.partition("/")
        dead = found.package.board(name)
        if folder != deadboards.FOLDER or dead is None:
            return None
        if rest == journals.PATH:
            return Kept(Thing.JOURNAL, lambda content: _is_journal(content, dead.sign_key), len)
        return judge_day(found.package, found.package_hash, dead)(rest)

    judge = first_of(
        judge_day(found.package, found.package_hash, found.board),
        judge_count(found.package, found.package_hash, BoardKind.DESK, config.board),
        replaced,
    )
    return (*found.repairs, *make_alike(media, judge))


def _is_journal(content: bytes, sign_key: bytes) -> bool:
    try:
        journals.verify_journal(content, sign_key)
    except Refused:
        return False
    return True
