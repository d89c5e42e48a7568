"""A whole day at the accumulator, by its pages."""

from pathlib import Path

from tests.unit.accumulator.stage import Table


def test_a_day_from_password_to_sealed_evidence(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.open_station()
    for serial, selections in enumerate((((0,), (1, 2), (0,)), ((1,), (), (1,)), ((2,), (0,), ()))):
        card = table.voted_card(serial, selections)
        table.pass_card(card)
        assert card.erased == 1, table.says("notice")
        assert table.says("count") == str(serial + 1)
    table.close_station()
    table.collect()
    table.count()
    assert table.page == "accumulator.result", table.says("notice")
    table.finish()
    table.press("print.protocol")
    table.press("print.codes")
    table.press("papers.continue")
    for number in (1, 2, 3):
        table.with_pin(table.share[number])
    table.press("clear.finish")
    assert table.page == "accumulator.day.over"
    from tests import samples
    from verifier.report import examine
    report,_ = examine(table.bundle(tmp_path / "evidence"), samples.ROOT_KEY)
    print(report.as_text())
    assert report.accepted
