"""A server of channels → Scrapy's fetch, parse and store of every page, in seconds and processor.

    .venv-peers/bin/python scrapy_peer.py PORT CHANNELS DATABASE

Run by `.venv-peers` (`make install-peers`), which holds Scrapy and nothing of ours: each channel
from its newest page down by the page's own link, the fields rollcall keeps, one transaction a page
at the same durability. One JSON line: seconds, processor, pages, posts; start-up is not counted.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import scrapy
from plain_store import PlainStore
from scrapy.crawler import CrawlerProcess


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Channels(scrapy.Spider):  # type: ignore[misc]
    name = "channels"

    def __init__(self, port: str, channels: str, database: str) -> None:
        super().__init__()
        self.start_urls = [
            f"http://127.0.0.1:{port}/s/k{number:04}" for number in range(int(channels))
        ]
        self.store = PlainStore(database)
        self.pages = self.posts = 0
        self.began, self.used = time.perf_counter(), processor()

    def parse(self, response):  # type: ignore[no-untyped-def]
        source = response.url.rsplit("/", 1)[-1].partition("?")[0]
        posts = [self.post(source, block) for block in response.css(".tgme_widget_message")]
        self.save(source, response, posts)
        older = response.css("link[rel=prev]::attr(href)").get()
        if older:
            yield response.follow(older)

    def post(self, source, block):  # type: ignore[no-untyped-def]
        parts = block.css(".js-message_text").xpath(".//text()").getall()
        channel, _, number = block.attrib["data-post"].partition("/")
        return (
            source, f"{channel}/{number}",
            block.css(".tgme_widget_message_date time::attr(datetime)").get(),
            "edited" in "".join(block.css(".tgme_widget_message_meta::text").getall()),
            block.css(".tgme_widget_message_forwarded_from_name::text").get(),
            block.css("a.tgme_widget_message_reply::attr(href)").get(),
            f"https://t.me/{channel}/{number}", "".join(parts),
        )  # fmt: skip

    def save(self, source, response, posts):  # type: ignore[no-untyped-def]
        cursor = posts[0][1] if posts else ""
        self.store.save(source, response.url, len(response.body), cursor, posts)
        self.pages += 1
        self.posts += len(posts)

    def closed(self, reason):  # type: ignore[no-untyped-def]
        told = {"seconds": time.perf_counter() - self.began, "processor": processor() - self.used,
                "pages": self.pages, "posts": self.posts}  # fmt: skip
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    crawl = CrawlerProcess({
        "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0,
    })  # fmt: skip
    crawl.crawl(Channels, *sys.argv[1:])
    crawl.start()
