"""The pictures and the page that holds all of it, in files: the page needs nothing but itself."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from services.gis.boundaries import Boundaries
from yiwang.demo import climb, phones, territory
from yiwang.demo.book import Book
from yiwang.demo.section import Section
from yiwang.demo.story import neglected

STYLE: Final = """
body { font-family: 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif; color: #1f2933;
       max-width: 1120px; margin: 2em auto; padding: 0 1em; line-height: 1.6; }
h1 { font-size: 1.7em; } h2 { font-size: 1.15em; margin-top: 2em; } h2 small { color: #64707d; font-weight: normal; }
table { border-collapse: collapse; } th, td { padding: .2em .8em; border-bottom: 1px solid #d5dbe1; text-align: left; }
td.figure { text-align: right; } svg { max-width: 100%; height: auto; border: 1px solid #d5dbe1; margin: 1em 0; }
"""
TITLE: Final = "一网演示报告"
NOTE: Final = "报送、人员和办理经过均由模拟产生；旗界为实际界线，网格为示意。"


def draw_all(book: Book, boundaries: Boundaries, sections: Sequence[Section], people: Path, folder: Path) -> list[Path]:
    """Draw every picture and write the page; answers the files."""
    found = neglected(book)
    pictures = {"map.svg": territory.draw(book, boundaries), "alerts.svg": phones.draw(book, phones.inbox(people))}
    if found:
        pictures["timeline.svg"] = climb.draw(found)
    files = {**pictures, "report.html": page(sections, pictures)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def page(sections: Sequence[Section], pictures: Mapping[str, str]) -> str:
    """One HTML document with the summary's tables and the pictures in it."""
    head = f'<meta charset="utf-8"><title>{TITLE}</title><style>{STYLE}</style>'
    body = "\n".join([*pictures.values(), *(_section(section) for section in sections)])
    page = f"<head>{head}</head>\n<body><h1>{TITLE}</h1><p>{NOTE}</p>\n{body}</body>"
    return f'<!doctype html>\n<html lang="zh-CN">{page}</html>\n'


def _section(section: Section) -> str:
    heading = f"<h2>{escape(section.zh)} <small>{escape(section.en)}</small></h2>"
    head = "".join(f"<th>{escape(name)}</th>" for name in section.head)
    rows = "\n".join(f"<tr>{_cells(row, section.texts)}</tr>" for row in section.rows)
    table = f"<table><tr>{head}</tr>\n{rows}</table>" if section.rows else ""
    remarks = "".join(f"<p>{escape(remark)}</p>" for remark in section.remarks)
    return f"{heading}\n{table}\n{remarks}"


def _cells(row: Sequence[object], texts: int) -> str:
    kinds = ("" if at < texts else ' class="figure"' for at in range(len(row)))
    return "".join(f"<td{kind}>{escape(str(cell))}</td>" for kind, cell in zip(kinds, row, strict=True))
