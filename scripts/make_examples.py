"""Make the example export files of the financial year 2020-21.

    python scripts/make_examples.py [DIR]

writes X, Meta and Universal Analytics export files, recorded figures and a README to DIR
(by default ``examples/2020-21`` of this repository). Posts and single rows are invented; the
totals are those of the board's Annual Report 2020-21. Columns for which the report has no total
hold ``-`` (X) or nothing (Meta).

The X layout has 40 columns: the 22 of ``X_COLUMNS``, then 18 promoted ones, which repeat the 18
measured columns ``impressions`` to ``media engagements`` (all but the id, the permalink, the text
and the time) with ``promoted `` before the name. 22 + 18 = 40.

Every run gives the same bytes: the seed is fixed, and of :mod:`random` only ``random()`` is used,
the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import re
from bisect import bisect_right
from calendar import monthrange
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from math import fsum
from pathlib import Path
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

LONDON = ZoneInfo("Europe/London")
PACIFIC = ZoneInfo("America/Los_Angeles")
DEFAULT_FOLDER = Path(__file__).resolve().parents[1] / "examples" / "2020-21"
SEED = 202021

# The year's months in order. The posts of each month do not include the one made in the first
# hour of the year, which is written on purpose (see FIRST_TWEET and FIRST_FACEBOOK_POST).
MONTHS = tuple((2020 + (month - 1) // 12, (month - 1) % 12 + 1) for month in range(4, 16))
X_MONTHS = (43, 36, 28, 22, 14, 26, 24, 36, 18, 30, 24, 26)
FACEBOOK_MONTHS = (38, 30, 24, 18, 12, 20, 18, 27, 14, 22, 18, 20)
INSTAGRAM_MONTHS = (16, 15, 12, 9, 7, 11, 10, 15, 8, 12, 10, 13)

# What the annual report prints. The split between Facebook and Instagram is invented.
X_IMPRESSIONS, X_RETWEETS, X_LIKES = 111_383, 292, 1_540
FACEBOOK_REACTIONS, INSTAGRAM_LIKES = 402, 281  # 683 together
FACEBOOK_COMMENTS, INSTAGRAM_COMMENTS = 41, 16  # 57 together
FACEBOOK_SHARES = 768  # Instagram had no public share count

# Posts close to the turn of the year, where the time zone decides the year they belong to.
FIRST_TWEET = datetime(2020, 3, 31, 23, 30, tzinfo=UTC)  # 00:30 BST on 1 April 2020: inside
LATE_TWEET = datetime(2021, 3, 31, 23, 10, tzinfo=UTC)  # 00:10 BST on 1 April 2021: outside
LATE_TWEET_COUNTS = (947, 3, 12)  # impressions, retweets, likes
FIRST_FACEBOOK_POST = datetime(2020, 3, 31, 16, 20, tzinfo=PACIFIC)  # 00:20 BST, 1 April: inside
LATE_FACEBOOK_POST = datetime(2021, 3, 31, 16, 40, tzinfo=PACIFIC)  # 00:40 BST, 1 April: outside
LATE_FACEBOOK_COUNTS = (9, 2, 6)  # reactions, comments, shares

X_COLUMNS = (
    "Tweet id",
    "Tweet permalink",
    "Tweet text",
    "time",
    "impressions",
    "engagements",
    "engagement rate",
    "retweets",
    "replies",
    "likes",
    "user profile clicks",
    "url clicks",
    "hashtag clicks",
    "detail expands",
    "permalink clicks",
    "app opens",
    "app installs",
    "follows",
    "email tweet",
    "dial phone",
    "media views",
    "media engagements",
)
X_HEADER = X_COLUMNS + tuple(f"promoted {name}" for name in X_COLUMNS[4:])
X_HANDLE = "cplscb"
X_EPOCH_MS = 1_288_834_974_657

FACEBOOK_HEADER = (
    "Post ID",
    "Page ID",
    "Page name",
    "Title",
    "Description",
    "Duration (sec)",
    "Publish time",
    "Caption type",
    "Permalink",
    "Is crosspost",
    "Is share",
    "Post type",
    "Languages",
    "Custom labels",
    "Funded content status",
    "Data comment",
    "Date",
    "IMPRESSION:UNIQUE_USERS",
    "Reach",
    "Impressions",
    "Reactions, Comments and Shares",
    "Reactions",
    "Comments",
    "Shares",
    "Total clicks",
    "Matched Audience Targeting Consumption (Photo Click)",
    "Other Clicks",
    "Link Clicks",
    "Negative feedback from users: Hide all",
)
FACEBOOK_PAGE = {"Page ID": "1234567890", "Page name": "CPSPB", "Date": "Lifetime"}
FACEBOOK_TYPES = ("Photo",) * 11 + ("Links",) * 4 + ("Text",) * 3 + ("Videos",) * 2
ERROR_TEXT = "An error occurred while computing metadata for content with ID "
ERROR_ROW_AT = 40

INSTAGRAM_HEADER = (
    "Post ID",
    "Account ID",
    "Account username",
    "Account name",
    "Description",
    "Duration (sec)",
    "Publish time",
    "Permalink",
    "Post type",
    "Data comment",
    "Date",
    "Impressions",
    "Reach",
    "Likes",
    "Shares",
    "Comments",
    "Saves",
    "Follows",
)
INSTAGRAM_ACCOUNT = {
    "Account ID": "17841400000000000",
    "Account username": "cpsafeguardingboard",
    "Account name": "CPSPB",
    "Date": "Lifetime",
}
INSTAGRAM_TYPES = ("IG image",) * 7 + ("IG carousel",) * 2 + ("IG video",)
INSTAGRAM_EPOCH_MS = 1_314_220_021_721
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

WEBSITE = "https://www.safeguardingcambspeterborough.org.uk"
UA_PERIOD = "20200401-20210331"
UA_TOTAL_SESSIONS = ("71,987", "70,846", "98,500", "40.00%", "2.80", "00:02:00")
UA_SESSION_METRICS = (
    "Users",
    "New Users",
    "Sessions",
    "Bounce Rate",
    "Pages / Session",
    "Avg. Session Duration",
)
UA_PAGES = (
    (
        "Page",
        "Pageviews",
        "Unique Pageviews",
        "Avg. Time on Page",
        "Entrances",
        "Bounce Rate",
        "% Exit",
        "Page Value",
    ),
    ("/", "42,318", "31,906", "00:00:48", "34,120", "35.00%", "27.90%", "£0.00"),
    ("/training/", "31,204", "22,871", "00:01:12", "11,840", "34.65%", "33.10%", "£0.00"),
    ("/reporting-a-concern/", "24,976", "19,648", "00:01:31", "9,615", "48.72%", "41.25%", "£0.00"),
    ("/virtual-briefings/", "22,841", "16,930", "00:01:24", "7,980", "38.40%", "36.02%", "£0.00"),
    ("/children/", "20,913", "15,402", "00:00:52", "5,240", "40.12%", "33.48%", "£0.00"),
    (
        "/policies-and-procedures/",
        "20,104",
        "15,117",
        "00:01:18",
        "5,015",
        "47.30%",
        "40.77%",
        "£0.00",
    ),
    ("/adults/", "19,577", "14,586", "00:00:49", "4,480", "39.80%", "32.90%", "£0.00"),
    ("/resources/", "19,032", "14,208", "00:01:09", "4,105", "45.05%", "38.61%", "£0.00"),
    ("/parents-and-carers/", "18,655", "14,020", "00:01:15", "4,350", "46.90%", "40.15%", "£0.00"),
    ("/about-us/", "18,317", "13,677", "00:00:41", "2,930", "35.10%", "30.22%", "£0.00"),
    ("", "275,602", "207,486", "00:01:07", "98,500", "40.00%", "35.74%", "£0.00"),
)
UA_CHANNELS = (
    ("Organic Search", "39,874", "37,960", "51,220", "43.10%", "2.61", "00:01:52"),
    ("", *UA_TOTAL_SESSIONS),
)
UA_DEVICES = (
    ("desktop", "44,310", "43,480", "65,010", "35.80%", "3.12", "00:02:24"),
    ("mobile", "25,240", "24,870", "29,550", "48.90%", "2.12", "00:01:10"),
    ("", *UA_TOTAL_SESSIONS),
)

FIGURES_READ_ON = "2021-04-03"
FIGURES_BY = "comms.officer@board.example"
YEAR = ("2020-04-01", "2021-03-31")
LAST_DAY = ("2021-03-31", "2021-03-31")
WEBINAR_MONTHS = ("2020-09-01", "2021-03-31")
SOCIAL_PAGE = "Annual Report 2020-21, page 'Our social media presence'"
UNDATED = f"{SOCIAL_PAGE}; the report does not date it, taken as the level on the last day"


@dataclass(frozen=True)
class Topic:
    """What posts are about: its messages, and the months in which they make sense."""

    title: str
    tag: str
    emoji: str
    messages: tuple[str, ...]
    months: tuple[int, ...] = tuple(range(1, 13))
    staff: bool = False  # for professionals and volunteers, not for the public
    weight: int = 1


@dataclass(frozen=True)
class Figure:
    """One figure recorded by hand, as ``figures.yaml`` holds it."""

    subject: str
    metric: str
    value: int
    period: tuple[str, str]
    source: str
    bound: str | None = None
    dimension: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Wording:
    """The words of one post, before a platform's own form is given to them."""

    topic: Topic
    message: str
    ending: str


FIGURES = (
    Figure("x", "followers", 1_007, LAST_DAY, UNDATED),
    Figure("facebook", "followers", 458, LAST_DAY, UNDATED),
    Figure("instagram", "followers", 124, LAST_DAY, UNDATED),
    Figure(
        "facebook+instagram",
        "reach",
        80_112,
        YEAR,
        f"{SOCIAL_PAGE}, one figure for both; footnote 6 defines reach",
    ),
    Figure(
        "board",
        "briefing_views",
        10_753,
        YEAR,
        "Annual Report 2020-21, section 'Virtual Briefings (Sways)'",
    ),
    Figure(
        "board",
        "webinars",
        18,
        WEBINAR_MONTHS,
        "Annual Report 2020-21, section 'Virtual Training Webinars'",
    ),
    Figure(
        "board",
        "attendances",
        573,
        WEBINAR_MONTHS,
        "Annual Report 2020-21, section 'Virtual Training Webinars'",
    ),
    Figure(
        "website",
        "page_views",
        18_000,
        ("2020-03-31", "2021-03-31"),
        "Annual Report 2020-21, section 'Covid 19 and the work of the partnership'",
        bound="more than",
        dimension="page",
        key="/covid-19",
    ),
)

TOPICS = (
    Topic(
        "Safeguarding for community volunteers",
        "Volunteers",
        "🙌",
        (
            "Volunteering in your community? Our short virtual briefing shows what to look out for "
            "and whom to tell.",
            "New volunteers do not have to be experts in safeguarding, they have to notice & pass "
            "it on.",
            "Delivering shopping or medicines? You may be the only person a family sees this week.",
            "Our briefing for community volunteers takes about 20 minutes, at a time that suits "
            "you.",
        ),
        months=(4, 5, 6),
        staff=True,
        weight=4,
    ),
    Topic(
        "Covid resources",
        "Covid19",
        "🏠",
        (
            "Our Covid page brings together advice on online safety, scams, domestic abuse & "
            "mental health.",
            "Staying at home is not safe for every child. Keep looking, keep listening, keep "
            "asking.",
            "Services are still open. They may work differently, but help for children & families "
            "has not stopped.",
            "Neighbours, delivery drivers, shop staff: you may see what others cannot see now.",
        ),
        months=(4, 5, 6, 11, 1, 2),
        weight=4,
    ),
    Topic(
        "Domestic abuse",
        "DomesticAbuse",
        "💜",
        (
            "Home should be a safe place. If yours is not, you may leave it to get help, whatever "
            "the restrictions.",
            "Abuse is not only violence. It can be control over money, over friends, over a phone.",
            "Children who hear or see domestic abuse are harmed by it too.",
            "Worried about how a friend is treated at home? Ask when they are alone, and believe "
            "them.",
        ),
        weight=2,
    ),
    Topic(
        "Staying safe online",
        "OnlineSafety",
        "💻",
        (
            "Children are spending more time online. Ask what they enjoy, who they talk to, and "
            "what worries them.",
            "Check the privacy settings together: on games, on apps, on every new device.",
            "Not everyone online is who they say they are. Tell your child that they can always "
            "come to you.",
            "A child who has sent a picture needs calm, not blame. Help is there, & it is never "
            "too late.",
        ),
        weight=2,
    ),
    Topic(
        "Scams",
        "ScamAware",
        "📱",
        (
            "Scammers use worrying times. Stop, think, and check before you give details or money.",
            "A text that hurries you is a warning in itself.",
            "Look out for an older neighbour: has somebody they do not know offered to fetch their "
            "shopping or their cash?",
        ),
        months=(4, 5, 6, 7, 10, 11, 12, 1),
    ),
    Topic(
        "Talking to children about Covid",
        "Parenting",
        "🧡",
        (
            "Children hear more than we think. Ask what they already know about the virus, then "
            "answer simply & honestly.",
            "It is fine to say that you do not know. Children need to hear that they are safe and "
            "loved.",
            "Routine helps: meals, bedtime, fresh air, a little learning, and plenty of play.",
        ),
        months=(4, 5, 6, 7),
        weight=2,
    ),
    Topic(
        "Children's mental health",
        "MentalHealth",
        "🌱",
        (
            "Has a child become quiet, cross or tired? It may be their way of saying that "
            "something is wrong.",
            "Ten minutes of listening can matter more than an hour of advice.",
            "Young people: it is okay not to feel okay. Tell an adult you trust.",
            "Look after yourself as well as your children; rest, talk, & ask for help early.",
        ),
        weight=2,
    ),
    Topic(
        "Back to school",
        "BackToSchool",
        "🎒",
        (
            "Going back to school can feel exciting, strange and frightening, all on one day.",
            "Teachers & school staff: a child may have waited months to tell you something. Make "
            "time to hear it.",
            "Talk through the new school day before it comes: the route, the bubble, the lunch.",
        ),
        months=(8, 9, 3),
        weight=3,
    ),
    Topic(
        "Child criminal exploitation",
        "CountyLines",
        "🔎",
        (
            "New clothes, a second phone, missing from home: these can be signs that a child is "
            "being exploited.",
            "A child who carries drugs for others is a child who needs protecting.",
            "Exploitation did not stop in lockdown, it moved: to cars, to supermarkets, to social "
            "media.",
            "Nobody chooses to be exploited. Ask what lies behind the behaviour.",
        ),
        weight=2,
    ),
    Topic(
        "Child neglect",
        "Neglect",
        "👀",
        (
            "Neglect is seldom one event. Write down what you see, and look at the whole picture.",
            "Ask yourself what a day is like for this child: the bed, the breakfast, the bath.",
            "Hungry, tired, cold, late, alone: small signs together can mean neglect.",
        ),
        staff=True,
    ),
    Topic(
        "Child sexual abuse",
        "CSA",
        "💬",
        (
            "Children seldom tell in words. Watch for changes in what they do, draw and avoid.",
            "Our webinar on child sexual abuse is now on our video channel, for everyone who "
            "could not come.",
            "If a child tells you: listen, do not promise to keep it secret, write it down, pass "
            "it on.",
        ),
        months=(10, 11, 12, 1),
        staff=True,
        weight=2,
    ),
    Topic(
        "Babies and dogs",
        "DogSafety",
        "🐕",
        (
            "Leaving the room? Take the baby or the dog with you, every single time.",
            "Even the gentlest family dog can hurt a baby. Never leave the two together without an "
            "adult.",
            "A new baby changes a dog's home too. Plan for it before the birth, & ask for advice.",
            "Asleep, eating, or with its toys: let a dog be, and teach children to do the same.",
        ),
    ),
    Topic(
        "Safer sleep",
        "SaferSleep",
        "🌙",
        (
            "On the back, in a clear, flat cot of their own: that is the safest sleep for a baby.",
            "Never fall asleep with a baby on a sofa or in an armchair.",
            "Away from home tonight? Plan where the baby will sleep before you go.",
            "A cot needs a firm mattress, a sheet, a baby, and nothing else.",
        ),
        months=(4, 7, 9, 12, 1, 3),
        weight=2,
    ),
    Topic(
        "Crying babies",
        "NewParents",
        "👶",
        (
            "Crying is normal and it passes. If it gets too much, put the baby down safely & take "
            "a few minutes.",
            "Nobody copes alone with a crying baby at three in the morning. Tell someone how "
            "it is.",
            "Fathers, partners, grandparents: everyone who cares for a baby needs a plan for the "
            "crying.",
        ),
    ),
    Topic(
        "Water safety",
        "WaterSafety",
        "🏊",
        (
            "Rivers, lakes & gravel pits are colder and deeper than they look, even on a hot day.",
            "Paddling pool out? Stay within arm's reach, and empty it when you have finished.",
            "Talk to teenagers about open water before the weekend, not after it.",
        ),
        months=(5, 6, 7, 8),
        weight=2,
    ),
    Topic(
        "Virtual briefings",
        "LearningAtHome",
        "🎧",
        (
            "Night shift, early shift, weekend: our virtual briefings are there when you are.",
            "About 20 minutes, a voice on every slide, and a certificate at the end.",
            "Our briefing on online abuse is one of the most watched. Have you seen it?",
            "New on our website: another virtual briefing on a local safeguarding priority.",
            "A cup of tea & a virtual briefing: learning that fits into a break.",
        ),
        staff=True,
        weight=3,
    ),
    Topic(
        "Webinars",
        "Training",
        "🖥️",
        (
            "Places are free on our next webinar. It lasts 90 minutes, and you can join from "
            "anywhere.",
            "Our termly workshop brings you the latest safeguarding messages in an hour.",
            "Thank you to all who joined our webinar today, your questions made it.",
            "Our webinars on neglect, exploitation & sexual abuse run again this term.",
        ),
        months=(9, 10, 11, 12, 1, 2, 3),
        staff=True,
        weight=3,
    ),
    Topic(
        "Reporting a concern",
        "ReportAConcern",
        "📣",
        (
            "You do not need proof to report a concern about a child, you need to be worried.",
            "It could be nothing. It could be the one thing that completes the picture.",
            "Not sure whether to report it? That feeling is reason enough to ask.",
            "Our website tells you how to report a worry about a child or an adult, day & night.",
        ),
        weight=3,
    ),
    Topic(
        "Private fostering",
        "PrivateFostering",
        "🏡",
        (
            "Is a child staying with you who is not a close relative? After 28 days the council "
            "must know.",
            "A friend's child, a host family, a partner's cousin: it may be private fostering.",
        ),
        months=(6, 7, 9, 10, 2),
    ),
    Topic(
        "Bullying",
        "AntiBullying",
        "🤝",
        (
            "Bullying does not stop at the school gate, it follows a child home on a screen.",
            "Being kind is a start. Speaking up is the next step.",
            "If your child is being bullied: listen, keep the messages, & talk to the school.",
        ),
        months=(11,),
        weight=3,
    ),
    Topic(
        "Safeguarding adults",
        "SafeguardingAdults",
        "🧓",
        (
            "Adults can be abused or neglected too: at home, in care, online or by someone they "
            "trust.",
            "Self-neglect is hard to see from outside. Knock, ask, and ask again.",
            "Making safeguarding personal means asking one question first: what do you want to "
            "happen?",
        ),
        months=(6, 9, 11, 2),
        weight=2,
    ),
    Topic(
        "The winter holiday",
        "StaySafe",
        "⭐",
        (
            "For some children the holidays are the hardest weeks of the year. A call or a card "
            "can help.",
            "New phone or console under the tree? Set it up together, before it is wrapped.",
            "Celebrating at home? Decide who will stay sober enough to look after the little ones.",
        ),
        months=(12,),
        weight=4,
    ),
    Topic(
        "Summer holidays",
        "SummerHolidays",
        "☀️",
        (
            "Six weeks can feel long. Free, local things to do are listed on the councils' "
            "websites.",
            "Home alone? There is no legal age, but there is a right answer for every child.",
            "Young people out & about: agree a time, a place, and what to do if plans change.",
        ),
        months=(7, 8),
        weight=3,
    ),
    Topic(
        "Safer internet",
        "SaferInternet",
        "🛡️",
        (
            "This month is a good one to ask your child: what is the best thing online, and the "
            "worst?",
            "True or false? Help children to check who says it, & why, before they share it.",
            "Agree family rules for screens, and keep to them yourself.",
        ),
        months=(2,),
        weight=4,
    ),
    Topic(
        "Learning from reviews",
        "Learning",
        "📖",
        (
            "Our 7 minute briefings put the learning from case reviews on two pages.",
            "Professional curiosity means asking the second question, and the third.",
            "Who else lives in the home? Who visits? Reviews tell us again & again to ask.",
            "Different views of one family are a strength, if they are shared.",
        ),
        staff=True,
        weight=2,
    ),
    Topic(
        "Working together",
        "Partnership",
        "🤲",
        (
            "Health, police, councils, schools & charities: safeguarding works when we talk to "
            "each other.",
            "Sharing information can save a life. Fear of sharing should never stop you.",
            "Our newsletter is out, with new guidance, dates for training, and thanks to you all.",
        ),
        staff=True,
    ),
)

PUBLIC_ENDINGS = (
    "Find out more on our website.",
    "Please share.",
    "Everyone has a part to play.",
    "If you are worried, tell someone.",
    "It is always right to ask.",
    "Advice & support are on our website.",
    "Pass it on to someone who may need it.",
    "Asking for help early makes a difference.",
)
STAFF_ENDINGS = (
    "Read more on our website.",
    "Please share with your team.",
    "Talk about it at your next team meeting, it takes five minutes.",
    "Our resources are free to use.",
    "Safeguarding is everyone's business.",
    "Thank you for all that you do.",
    "Tell us what would help you.",
)
OPENERS = ("A reminder", "Our message today", "Worth saying again", "From our resources")

README = """\
# Example: the financial year 2020-21

Export files and recorded figures from which sgcomms prints the figures of the section "Website
and social media" of the board's Annual Report 2020-21.

| file | layout |
|---|---|
| `x-tweets-2020-q1.csv` to `-q4.csv` | X, legacy "By Tweet" export, one a quarter from April 2020 |
| `facebook-posts.csv` | Meta Business Suite, content export, Facebook, layout of 2024 |
| `instagram-posts.csv` | Meta Business Suite, content export, Instagram, layout of 2024 |
| `website-pages.csv`, `-channels.csv`, `-devices.csv` | Universal Analytics, screen exports |
| `figures.yaml` | figures recorded by hand: followers, reach, briefings, webinars, the Covid page |

## What is real and what is not

**Only the totals are the board's own.** Every post, its text, id, time and counts, and every row
for one page, channel or device is invented, so that the totals come out as the report prints them:

| | posts | impressions | retweets or shares | likes or reactions | comments |
|---|---:|---:|---:|---:|---:|
| X | 328 | 111,383 | 292 | 1,540 | not given |
| Facebook and Instagram | 400 | not given | 768 | 683 | 57 |

- The split of 400, 683 and 57 between Facebook and Instagram is invented. All 768 shares are on
  Facebook, since Instagram had no public share count.
- The website's 275,602 page views, 71,987 users, bounce rate close to 40% and average of 2 minutes
  a session are the board's. The 98,500 sessions and 70,846 new users are invented, so that the
  shares it prints (52% from search engines, 66% desktop, 30% mobile) are whole numbers. Rows for
  which it prints no share (other channels, other devices) are left out; a real export has them.
- X columns without a published total hold `-`. Meta's columns without one are blank: the layout is
  known from 2023 on only, and the report has no impressions, reach or clicks for a single post.
- The report does not date the numbers of followers; `figures.yaml` takes them as the level on
  31 March 2021. The day on which its figures were read, 3 April 2021, is assumed.

## What to look out for

The year runs from 1 April 2020 to 31 March 2021 in London's time. X writes UTC and Meta writes US
Pacific time, so one tweet and one Facebook post dated 31 March 2020 belong to the year, and one of
each dated 31 March 2021 do not. One row of the Facebook file is an error row without a post.

## Making the files again

    python scripts/make_examples.py

writes every file of this folder, this one too, always with the same bytes.
"""


def below(rng: Random, limit: int) -> int:
    """Return a random whole number from 0 to ``limit`` - 1."""
    return int(rng.random() * limit)


def pick(rng: Random, options: Sequence[T]) -> T:
    """Return one of ``options``."""
    return options[below(rng, len(options))]


def skewed(rng: Random, count: int) -> list[float]:
    """Return ``count`` weights: most of them small, a few of them very large."""
    return [1 / (1.04 - rng.random()) for _ in range(count)]


def shared_out(total: int, weights: Sequence[float], least: int) -> list[int]:
    """Split ``total`` by ``weights``, with ``least`` for each, so that the parts add up to it."""
    rest = total - least * len(weights)
    whole = fsum(weights)  # exact, so the same in every Python version, which sum() is not
    shares = [rest * weight / whole for weight in weights]
    parts = [least + int(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda index: int(shares[index]) - shares[index])
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def scattered(rng: Random, total: int, weights: Sequence[float]) -> list[int]:
    """Throw ``total`` single events at posts by chance and ``weights``; most posts get few."""
    ends = list(accumulate(weights))
    counts = [0] * len(weights)
    for _ in range(total):
        counts[bisect_right(ends, rng.random() * ends[-1])] += 1
    return counts


def is_ambiguous(moment: datetime) -> bool:
    """Tell whether this wall-clock time occurs twice on the US Pacific coast."""
    local = moment.astimezone(PACIFIC)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def moment_in(rng: Random, year: int, month: int) -> datetime:
    """Return a minute of that month, most often in London's office hours, as UTC."""
    day = 1 + below(rng, monthrange(year, month)[1])
    hour = 8 + min(below(rng, 10), below(rng, 14))
    local = datetime(year, month, day, hour, below(rng, 60), tzinfo=LONDON)
    return local.astimezone(UTC)


def moments(rng: Random, counts: Sequence[int]) -> list[datetime]:
    """Return different moments in order, as many in each month of the year as ``counts`` says."""
    chosen: set[datetime] = set()
    wanted = 0
    for (year, month), count in zip(MONTHS, counts, strict=True):
        wanted += count
        while len(chosen) < wanted:
            moment = moment_in(rng, year, month)
            at_weekend = moment.weekday() in (5, 6)
            if not is_ambiguous(moment) and not (at_weekend and below(rng, 4)):
                chosen.add(moment)
    return sorted(chosen)


def tweet_text(words: Wording, form: int) -> str:
    """Put ``words`` into one of four forms, HTML-escaped as X's exports are."""
    topic = words.topic
    opener = OPENERS[form // 4 % len(OPENERS)]
    text = (
        f"{words.message} {words.ending} #{topic.tag}",
        f"{topic.emoji} {words.message}\n\n{words.ending} #{topic.tag}",
        f'{opener}: "{words.message}" {words.ending}',
        f"{words.message}\n\n#{topic.tag} #Safeguarding\n{words.ending}",
    )[form % 4]
    return html.escape(text, quote=False)


def facebook_text(words: Wording, form: int) -> str:
    """Put ``words`` into one of three forms: with a link, on one line, or as a quotation."""
    opener = OPENERS[form // 3 % len(OPENERS)]
    return (
        f"{words.topic.emoji} {words.message}\n\n{words.ending}\n\n{WEBSITE}",
        f"{words.message} {words.ending}",
        f'{opener}: "{words.message}"\n\n{words.ending} #{words.topic.tag}',
    )[form % 3]


def instagram_text(words: Wording, form: int) -> str:
    """Put ``words`` into one of two forms, hashtags last."""
    tags = f"#{words.topic.tag} #Safeguarding #Cambridgeshire #Peterborough"
    return (
        f"{words.topic.emoji} {words.message}\n\n{words.ending}\n\n{tags}",
        f"{words.message} {words.ending}\n.\n{tags}",
    )[form % 2]


def wording(rng: Random, moment: datetime) -> Wording:
    """Choose a topic that fits the month, then one of its messages and an ending."""
    month = moment.astimezone(LONDON).month
    fitting = [topic for topic in TOPICS if month in topic.months for _ in range(topic.weight)]
    topic = pick(rng, fitting)
    endings = STAFF_ENDINGS if topic.staff else PUBLIC_ENDINGS
    return Wording(topic, pick(rng, topic.messages), pick(rng, endings))


def written(
    rng: Random, times: Iterable[datetime], shape: Callable[[Wording, int], str]
) -> list[tuple[Topic, str]]:
    """Write a text for each moment: no text twice, no message again soon after."""
    texts: dict[str, Topic] = {}
    recent: deque[str] = deque(maxlen=12)
    for form, moment in enumerate(times):
        while len(texts) <= form:
            words = wording(rng, moment)
            if words.message not in recent:
                texts.setdefault(shape(words, form), words.topic)
        recent.append(words.message)
    return [(topic, text) for text, topic in texts.items()]


def quoted_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return CSV with every field quoted, as X writes it."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def plain_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return CSV with quotes where they are needed only, as Google writes it."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def meta_cell(value: str) -> str:
    """Quote a field that holds a space, comma, quote or line break, as Meta does."""
    return '"' + value.replace('"', '""') + '"' if re.search(r'[ ,"\n]', value) else value


def meta_csv(header: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    """Return a Meta export: a byte order mark, the header, a line for each of ``rows``."""
    table = [header, *([row.get(name, "") for name in header] for row in rows)]
    return "\ufeff" + "".join(",".join(map(meta_cell, line)) + "\n" for line in table)


def milliseconds(rng: Random, minute: datetime) -> int:
    """Return a Unix time in milliseconds that falls into ``minute``."""
    return (int(minute.timestamp()) + below(rng, 60)) * 1000 + below(rng, 1000)


def snowflake(rng: Random, minute: datetime) -> str:
    """Return a tweet id whose upper bits hold a time within ``minute``."""
    return str((milliseconds(rng, minute) - X_EPOCH_MS) << 22 | below(rng, 1 << 22))


def shortcode(rng: Random, minute: datetime) -> str:
    """Return an Instagram shortcode that decodes to a time within ``minute``."""
    number = (milliseconds(rng, minute) - INSTAGRAM_EPOCH_MS) << 23 | below(rng, 1 << 23)
    code = ""
    while number:
        number, digit = divmod(number, len(BASE64))
        code = BASE64[digit] + code
    return code


def digits(rng: Random, length: int, start: str = "") -> str:
    """Return an id of ``length`` digits that begins with ``start``, by default not with 0."""
    start = start or str(1 + below(rng, 9))
    return start + "".join(str(below(rng, 10)) for _ in range(length - len(start)))


def pacific(moment: datetime) -> str:
    """Return ``moment`` as Meta's exports write it."""
    return moment.astimezone(PACIFIC).strftime("%m/%d/%Y %H:%M")


def tweet_row(rng: Random, moment: datetime, text: str, counts: tuple[int, int, int]) -> list[str]:
    """Return one line of an X export; ``counts`` are impressions, retweets and likes."""
    tweet_id = snowflake(rng, moment)
    impressions, retweets, likes = (f"{count}.0" for count in counts)
    known = {
        "Tweet id": tweet_id,
        "Tweet permalink": f"https://twitter.com/{X_HANDLE}/status/{tweet_id}",
        "Tweet text": text,
        "time": moment.strftime("%Y-%m-%d %H:%M +0000"),
        "impressions": impressions,
        "retweets": retweets,
        "likes": likes,
    }
    return [known.get(name, "-") for name in X_HEADER]


def tweet_counts(rng: Random, count: int) -> list[tuple[int, int, int]]:
    """Return impressions, retweets and likes of ``count`` tweets that add up to the report's."""
    impressions = shared_out(X_IMPRESSIONS, skewed(rng, count), least=38)
    liked = [seen * (0.3 + rng.random()) for seen in impressions]
    likes = scattered(rng, X_LIKES, liked)
    retweets = scattered(rng, X_RETWEETS, [like + 0.5 for like in likes])
    return list(zip(impressions, retweets, likes, strict=True))


def quarter_of(moment: datetime) -> int:
    """Return the quarter of the financial year, 1 to 4, of a moment inside it."""
    return (moment.astimezone(LONDON).month - 4) % 12 // 3 + 1


def x_files(rng: Random) -> dict[str, str]:
    """Return the four X exports, the newest tweet first in each."""
    times = [FIRST_TWEET, *moments(rng, X_MONTHS)]
    counts = [*tweet_counts(rng, len(times)), LATE_TWEET_COUNTS]
    quarters = [*map(quarter_of, times), 4]
    times.append(LATE_TWEET)
    files: dict[int, list[list[str]]] = {1: [], 2: [], 3: [], 4: []}
    texts = written(rng, times, tweet_text)
    for quarter, moment, (_, text), numbers in zip(quarters, times, texts, counts, strict=True):
        files[quarter].insert(0, tweet_row(rng, moment, text, numbers))
    return {f"x-tweets-2020-q{q}.csv": quoted_csv([X_HEADER, *rows]) for q, rows in files.items()}


def facebook_caption(post_type: str, topic: Topic, text: str) -> dict[str, str]:
    """Return the cells of the caption, which moves between two columns by the type of post."""
    if post_type == "Videos":
        return {"Title": topic.title, "Description": text}
    return {"Description" if post_type == "Links" else "Title": text}


def facebook_row(
    rng: Random, moment: datetime, topic: Topic, text: str, counts: tuple[int, int, int]
) -> dict[str, str]:
    """Return one post; ``counts`` are reactions, comments and shares."""
    post_id = digits(rng, 15 + below(rng, 3))
    post_type = pick(rng, FACEBOOK_TYPES)
    reactions, comments, shares = map(str, counts)
    return {
        **FACEBOOK_PAGE,
        **facebook_caption(post_type, topic, text),
        "Post ID": post_id,
        "Duration (sec)": str(25 + below(rng, 120) if post_type == "Videos" else 0),
        "Publish time": pacific(moment),
        "Caption type": "N/A",
        "Permalink": f"https://www.facebook.com/{FACEBOOK_PAGE['Page ID']}/posts/{post_id}",
        "Is crosspost": "0",
        "Is share": "0",
        "Post type": post_type,
        "Reactions, Comments and Shares": str(sum(counts)),
        "Reactions": reactions,
        "Comments": comments,
        "Shares": shares,
    }


def facebook_counts(rng: Random, count: int) -> list[tuple[int, int, int]]:
    """Return reactions, comments and shares of ``count`` posts that add up to the report's."""
    weights = skewed(rng, count)
    reactions = scattered(rng, FACEBOOK_REACTIONS, weights)
    comments = scattered(rng, FACEBOOK_COMMENTS, weights)
    shares = scattered(rng, FACEBOOK_SHARES, [weight * (0.3 + rng.random()) for weight in weights])
    return list(zip(reactions, comments, shares, strict=True))


def facebook_file(rng: Random) -> str:
    """Return the Facebook export, the newest post first, with one error row among the posts."""
    times = [FIRST_FACEBOOK_POST, *moments(rng, FACEBOOK_MONTHS)]
    counts = [*facebook_counts(rng, len(times)), LATE_FACEBOOK_COUNTS]
    times.append(LATE_FACEBOOK_POST)
    rows = [
        facebook_row(rng, moment, topic, text, numbers)
        for moment, (topic, text), numbers in zip(
            times, written(rng, times, facebook_text), counts, strict=True
        )
    ][::-1]
    error = {"Data comment": ERROR_TEXT + digits(rng, 16), "Date": FACEBOOK_PAGE["Date"]}
    return meta_csv(FACEBOOK_HEADER, [*rows[:ERROR_ROW_AT], error, *rows[ERROR_ROW_AT:]])


def instagram_row(
    rng: Random, moment: datetime, text: str, likes: int, comments: int
) -> dict[str, str]:
    """Return one post, with a permalink that agrees with its time."""
    post_type = pick(rng, INSTAGRAM_TYPES)
    return {
        **INSTAGRAM_ACCOUNT,
        "Post ID": digits(rng, 17, start=pick(rng, ("178", "179", "180"))),
        "Description": text,
        "Duration (sec)": str(15 + below(rng, 45) if post_type == "IG video" else 0),
        "Publish time": pacific(moment),
        "Permalink": f"https://www.instagram.com/p/{shortcode(rng, moment)}/",
        "Post type": post_type,
        "Likes": str(likes),
        "Comments": str(comments),
    }


def instagram_file(rng: Random) -> str:
    """Return the Instagram export, the newest post first."""
    times = moments(rng, INSTAGRAM_MONTHS)
    weights = skewed(rng, len(times))
    likes = scattered(rng, INSTAGRAM_LIKES, weights)
    comments = scattered(rng, INSTAGRAM_COMMENTS, weights)
    texts = written(rng, times, instagram_text)
    rows = [
        instagram_row(rng, moment, text, liked, commented)
        for moment, (_, text), liked, commented in zip(times, texts, likes, comments, strict=True)
    ]
    return meta_csv(INSTAGRAM_HEADER, rows[::-1])


def analytics_file(report: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a Universal Analytics screen export of ``report`` for the year."""
    rule = "# " + "-" * 40
    top = [rule, "# All Web Site Data", f"# {report}", f"# {UA_PERIOD}", rule, "", ""]
    return "\n".join(top) + plain_csv(rows)


def website_files() -> dict[str, str]:
    """Return the three website exports; nothing in them is left to chance."""
    channels = [("Default Channel Grouping", *UA_SESSION_METRICS), *UA_CHANNELS]
    devices = [("Device Category", *UA_SESSION_METRICS), *UA_DEVICES]
    return {
        "website-pages.csv": analytics_file("Pages", UA_PAGES),
        "website-channels.csv": analytics_file("Channels", channels),
        "website-devices.csv": analytics_file("Overview", devices),
    }


def figure_yaml(figure: Figure) -> str:
    """Return one item of ``figures.yaml`` in block style."""
    first, last = figure.period
    cells = {
        "subject": figure.subject,
        "metric": figure.metric,
        "value": str(figure.value),
        "from": first,
        "to": last,
        "read_on": FIGURES_READ_ON,
        "source": f'"{figure.source}"',
        "by": FIGURES_BY,
        "bound": figure.bound,
        "dimension": figure.dimension,
        "key": figure.key,
    }
    lines = [f"{name}: {value}" for name, value in cells.items() if value is not None]
    return "- " + "\n  ".join(lines) + "\n"


def figures_file() -> str:
    """Return the figures recorded by hand."""
    return "# Figures that no export file holds, as the board's report prints them.\n\n" + (
        "\n".join(map(figure_yaml, FIGURES))
    )


def example_files() -> dict[str, str]:
    """Return the text of every file by its name."""
    return {
        **x_files(Random(SEED)),
        "facebook-posts.csv": facebook_file(Random(SEED + 1)),
        "instagram-posts.csv": instagram_file(Random(SEED + 2)),
        **website_files(),
        "figures.yaml": figures_file(),
        "README.md": README,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files to the folder named on the command line, or to the examples."""
    parser = argparse.ArgumentParser(description="Make the example export files of 2020-21.")
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, default=DEFAULT_FOLDER)
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in example_files().items():
        (folder / name).write_bytes(text.encode())


if __name__ == "__main__":
    main()
