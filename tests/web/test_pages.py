"""The browser client: one page at all its URLs, and files that can be cached permanently."""

import gzip
import re
from pathlib import Path

import pytest

from tests.client import People, Person
from ting.web.assets import ClientBundle


async def page(person: Person, path: str = "/") -> str:
    answer = await person.get(path)
    assert answer.status == 200
    return answer.body.decode()


async def prefix(person: Person) -> str:
    """The URL prefix of the files."""
    match = re.search(r'"(/static/[0-9a-f]{16}/)js/main\.js"', await page(person))
    assert match
    return match[1]


@pytest.mark.gen_test
async def test_the_page_is_served_at_every_url_of_a_channel_or_user(people: People) -> None:
    visitor = people.stranger()

    pages = [
        await page(visitor, path) for path in ("/", "/music", "/Music", "/%CE%B1", "/a%20b", "/u/ada", "/u/%3Cb%3E")
    ]

    assert len(set(pages)) == 1
    answer = await visitor.get("/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.gen_test
@pytest.mark.parametrize("path", ["/%FF", "/%E0%A4%A", "/u/%FF", "/u/%C3%28"])
async def test_a_url_that_is_not_utf_8_redirects_to_the_start_page(people: People, path: str) -> None:
    answer = await people.stranger().get(path)

    assert (answer.status, answer.headers["Location"]) == (302, "/")


@pytest.mark.gen_test
async def test_every_file_the_page_references_is_served_and_cacheable_permanently(people: People) -> None:
    visitor = people.stranger()
    html = await page(visitor)
    named = re.findall(r'(?:href|src)="([^"]+)"', html)

    assert {Path(name).suffix for name in named} >= {".js", ".css", ".svg", ".webmanifest"}
    for name in named:
        answer = await visitor.get(name)
        assert answer.status == 200, name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Etag"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.gen_test
async def test_the_page_preloads_its_modules_and_has_no_inline_code(people: People) -> None:
    html = await page(people.stranger())

    preloaded = set(re.findall(r'<link rel="modulepreload" href="/static/[0-9a-f]{16}/([^"]+)">', html))
    assert {"js/main.js", "js/model/world.js", "js/view/shell/chat-screen.js"} <= preloaded
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", html)


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("file", "type"),
    [
        ("js/main.js", "text/javascript"),
        ("css/main.css", "text/css"),
        ("i18n/el.json", "application/json"),
        ("icons/ting.svg", "image/svg+xml"),
        ("manifest.webmanifest", "application/manifest+json"),
    ],
)
async def test_files_have_their_content_type(people: People, file: str, type: str) -> None:
    visitor = people.stranger()

    answer = await visitor.get(await prefix(visitor) + file)

    assert answer.headers["Content-Type"] == type


@pytest.mark.gen_test
async def test_a_cached_file_is_not_sent_again(people: People) -> None:
    visitor = people.stranger()
    path = await prefix(visitor) + "js/main.js"
    etag = (await visitor.get(path)).headers["Etag"]

    again = await visitor.get(path, If_None_Match=etag)

    assert (again.status, again.body) == (304, b"")


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "file",
    [
        "__init__.py",
        "index.html",
        "__pycache__/__init__.cpython-311.pyc",
        "none.js",
        "",
        "css",
        "css/",
        "../setup.cfg",
        "../ting/server.py",
        "%2e%2e/setup.cfg",
        "..%2fsetup.cfg",
        "css/../../ting/errors.py",
        "js/..%2f..%2fsetup.cfg",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "css/main.css%00",
        "%00",
    ],
)
async def test_only_files_of_the_client_are_served(people: People, file: str) -> None:
    visitor = people.stranger()

    answer = await visitor.get(await prefix(visitor) + file)

    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.gen_test
async def test_files_of_another_version_are_not_served(people: People) -> None:
    visitor = people.stranger()

    for path in ("/static/0123456789abcdef/js/main.js", "/static/js/main.js", "/static/index.html"):
        assert (await visitor.get(path)).status == 404


@pytest.mark.gen_test
@pytest.mark.parametrize("offers", ["gzip", "br, GZIP;q=0.5", "gzip;q=1, identity;q=0"])
async def test_files_are_compressed_for_clients_that_accept_gzip(people: People, offers: str) -> None:
    visitor = people.stranger()
    main = ClientBundle().assets["js/main.js"]

    packed = await visitor.get(await prefix(visitor) + "js/main.js", Accept_Encoding=offers)

    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body) == main.body
    assert len(packed.body) < len(main.body) / 2


@pytest.mark.gen_test
@pytest.mark.parametrize("offers", ["", "identity", "gzip;q=0, br", "gzip; q=0.000"])
async def test_files_are_sent_uncompressed_to_clients_that_do_not_accept_gzip(people: People, offers: str) -> None:
    visitor = people.stranger()

    plain = await visitor.get(await prefix(visitor) + "js/main.js", Accept_Encoding=offers)

    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert plain.body == ClientBundle().assets["js/main.js"].body


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A client with two initial modules, and one that is loaded later."""
    for name, text in {
        "index.html": '<head><link href="/static/css/a.css"><script src="/static/a.js"></script></head>',
        "css/a.css": '@import url("b.css");\n@import url("c/d.css");\na {}\n',
        "css/b.css": "b {}\n",
        "css/c/d.css": '@import url("../e.css");\nd {}\n',
        "css/e.css": "e {}\n",
        "a.js": 'import {\n\tc,\n} from "./b/c.js";\nexport const later = () => import("./later.js");\n',
        "b/c.js": 'export { a } from "../a.js";\n',
        "later.js": "",
        "__init__.py": "",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_the_url_prefix_changes_only_with_contents_and_names(directory: Path) -> None:
    before = ClientBundle(directory).prefix
    (directory / "__init__.py").write_text("x = 1")
    assert ClientBundle(directory).prefix == before

    (directory / "later.js").write_text("changed")
    changed = ClientBundle(directory).prefix
    (directory / "later.js").rename(directory / "never.js")

    assert len({before, changed, ClientBundle(directory).prefix}) == 3


def test_the_page_has_the_url_prefix_and_preloads_its_initial_modules(directory: Path) -> None:
    client = ClientBundle(directory)

    assert client.page.body.decode() == (
        f'<head><link href="{client.prefix}css/a.css"><script src="{client.prefix}a.js"></script>'
        f'<link rel="modulepreload" href="{client.prefix}a.js">\n'
        f'<link rel="modulepreload" href="{client.prefix}b/c.js">\n</head>'
    )
    assert "later.js" in client.assets


def test_imports_of_a_style_sheet_are_inlined(directory: Path) -> None:
    assert ClientBundle(directory).assets["css/a.css"].body == b"b {}\ne {}\nd {}\na {}\n"


def test_a_running_server_keeps_the_files_it_has_read(directory: Path) -> None:
    client = ClientBundle(directory)
    before = client.assets["a.js"].body

    (directory / "a.js").write_text("changed")

    assert client.assets["a.js"].body == before


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.gen_test
@pytest.mark.parametrize("path", ["/a/b/c", "/u/", "/u/a/b", "//", "/a/b/", "/music//x", "/..;/a"])
async def test_a_browser_gets_the_page_where_there_is_nothing(people: People, path: str) -> None:
    visitor = people.stranger()

    answer = await visitor.get(path, **BROWSER)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.body.decode() == await page(visitor)
    assert (await visitor.get(path)).code == "not_found"  # a program gets an error


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("path", "place"),
    [("/music/", "/music"), ("/music//", "/music"), ("/u/ada/", "/u/ada"), ("/music/?m=1", "/music?m=1")],
)
async def test_a_slash_at_the_end_is_left_out(people: People, path: str, place: str) -> None:
    answer = await people.stranger().get(path)

    assert (answer.status, answer.headers["Location"]) == (302, place)


@pytest.mark.gen_test
@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/", "/\\evil.example/", "/u//evil.example/"])
async def test_no_redirect_leads_to_another_site(people: People, path: str) -> None:
    answer = await people.stranger().get(path, **BROWSER)

    assert answer.status == 404
    assert "Location" not in answer.headers


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "path", ["/api/none", "/api/", "/files/x", "/files/", "/static/x", "/.well-known/security.txt", "/static/"]
)
async def test_below_the_api_and_the_files_there_is_never_a_page(people: People, path: str) -> None:
    answer = await people.stranger().get(path, **BROWSER)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"  # a sentence, for who reads it in a browser
    assert answer.body == b"Not found."


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "path",
    [
        *("/openapi.json", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/favicon.ico", "/robots.txt"),
        *("/sitemap.xml", "/wp-login.php", "/index.html", "/Icon.PNG", "/security.txt"),
    ],
)
async def test_files_that_tools_ask_for_are_not_pages(people: People, path: str) -> None:
    for method in ("GET", "HEAD"):
        assert (await people.stranger().request(method, path, Accept="image/*,*/*;q=0.8")).status == 404


@pytest.mark.gen_test
async def test_a_channel_with_the_name_of_a_file_has_a_page(people: People) -> None:
    assert (await people.stranger().get("/node.js")).status == 200
    assert (await people.stranger().get("/notes.txt", **BROWSER)).status == 200
