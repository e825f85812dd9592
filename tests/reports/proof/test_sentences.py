"""Sentences as officers, chairs and press offices write them, with right and with wrong numbers.

Each is judged as a careful person would: what is wrong is found, what is right is not accused, and
what nobody here can know is called unknown. The year before has 270,000 page views, 70,000 users, a
bounce rate of 45% and 999 followers on Twitter.
"""

from __future__ import annotations

import pytest

from tests.reports.proof.conftest import Judged

T, R, U = "traced", "rounded", "unknown"
D, M, F, S = "differs", "misnamed", "forbidden sum", "shares"

WHOLE_SENTENCES = [
    ("The website had 275,602 page views, 71,987 users and a bounce rate of 40%.", [T, T, T]),
    ("The website had 275,602 page views, 79,187 users and a bounce rate of 44%.", [T, D, D]),
    ("The board’s website was viewed 275,602 times by 71,987 users.", [T, T]),
    ("The board’s website was viewed 275,602 times by 71,987 people.", [T, M]),
    ("More than 71,000 people have visited the website.", [M]),
    ("More than 71,000 users have visited the website.", [R]),
    ("Our website was visited 71,987 times.", [M]),
    ("There were 98,500 visits to the website.", [T]),
    ("Our 328 tweets were retweeted 292 times and liked 1,540 times.", [T, T, T]),
    ("Our 328 tweets were retweeted 229 times and liked 1,450 times.", [T, D, D]),
    ("Our tweets were seen 111,383 times.", [T]),
    ("Our tweets reached 111,383 people.", [M]),
    ("Facebook and Instagram reached 80,112 people.", [T]),
    ("Facebook and Instagram had 80,112 impressions.", [M]),
    ("Total reach of 80,112 people with 111,383 total impressions.", [T, T]),
    ("Total reach of 111,383 people with 80,112 total impressions.", [M, M]),
    ("Reach of 80,112, impressions 111,383.", [T, T]),
    ("Tweets:328, followers:1,007; reactions=1540.", [T, T, T]),
    ("Posts – 328. Tweets -328. Followers-1,007.", [T, T, T]),
    ("Twitter had 1 540 reactions.", [T]),
    ("Twitter had 1540 reactions.", [T]),
    ("Social media engagement: 2,223 reactions, 57 comments and 1,060 shares.", [T, T, T]),
    ("Instagram: 138 posts, 281 likes, 16 comments, 124 followers.", [T, T, T, T]),
    ("Instagram: 138 posts, 281 likes, 61 comments, 124 followers.", [T, T, D, T]),
    ("Facebook (262 posts) outperformed Instagram (138 posts).", [T, T]),
    ("Facebook (138 posts) was quieter than Instagram (262 posts).", [D, D]),
    ("Facebook 262, Instagram 138 and Twitter 328 posts.", [T, T, T]),
    ("Facebook 262, Instagram 183 and Twitter 328 posts.", [T, D, T]),
    ("Followers | Twitter 1,007 | Instagram", [T]),
    ("Twitter accounted for 328 of our 728 posts.", [T, T]),
    ("We sent 328 tweets, of which 12 were about dogs.", [T, U]),
    ("Across our channels we published 728 posts.", [T]),
    ("Across our channels we published 782 posts.", [D]),
    ("We made 590 posts on Twitter and Facebook.", [T]),
    ("We made 509 posts on Twitter and Facebook.", [D]),
    ("Twitter and Facebook had 1,942 reactions in the year, 292 of them in April.", [T, U]),
    ("18 webinars, 12 of them in spring, were held.", [T, U]),
    ("573 professionals attended 18 webinars, an average of 32 each.", [T, T, U]),
    ("Our top tweet had 4,200 impressions. On Twitter we had 111,383 impressions.", [U, T]),
    ("The bounce rate was 40.2%.", [D]),
    ("66% of visits were by desktop, 30% by mobile and the rest by other devices.", [T, T]),
    ("More visits came by mobile (66%) than by desktop (30%).", [D, D, S]),
    ("52% of visits came through search engines and 48% another way.", [T, U]),
    ("Multi-agency training (31,204 views) came before Reporting a concern (24,976).", [T, T]),
    ("Multi-agency training (24,976 views) came before Reporting a concern (31,204).", [D, D]),
    ("The home page had 42,318 views.", [T]),
    ("The home page had 43,218 views.", [D]),
    ("The Covid page was accessed 18,000 times.", [D]),
    ("The Covid page was accessed in excess of 18,000 times.", [T]),
]

CHANGES = [
    ("Followers on Twitter rose from 999 to 1,007 (up 8).", [T, T, T]),
    ("Followers on Twitter rose from 999 to 1,007 (up 18).", [T, T, D]),
    ("Followers on Twitter rose from 800 to 1,007 (up 207).", [D, T, D]),
    ("Followers on Twitter rose by 8 (999 to 1,007).", [T, T, T]),
    ("Followers on Twitter rose by 8 (899 to 1,007).", [T, D, T]),
    ("The bounce rate fell, 45% to 40%.", [T, T]),
    ("The bounce rate fell, 55% to 40%.", [D, T]),
    ("from 999 to 1,007 (up 8) followers on Twitter", [T, T, T]),
    ("Facebook followers rose from 400 to 458 (up 58).", [U, T, U]),
    ("Followers on Twitter increased by 1%.", [T]),
    ("Followers on Twitter increased by 12%.", [D]),
    ("An increase of 5,602 page views, to 275,602, compared with 2019-20.", [T, T]),
    ("An increase of 6,502 page views, to 275,602, compared with 2019-20.", [D, T]),
    ("An increase in just over 8 fans on Twitter to 1,007 compared to 2019-20.", [T, T]),
    ("The bounce rate improved by 5 percentage points to 40%.", [T, T]),
    ("The bounce rate improved by 6 percentage points to 40%.", [D, T]),
    ("The bounce rate improved by 5% to 40%.", [M, T]),
    ("Page views doubled.", [D]),
    ("Page views have more than doubled, from 135,000 to 275,602.", [D, D, T]),
    ("Twice as many page views as the year before.", [D]),
    ("Page views were 275,602, and 270,000 in 2019-20.", [T, T]),
    ("Referrals rose from 4,210 to 4,658 in 2020-21.", [U, U]),
    ("We saw a 27% rise in adult safeguarding referrals.", [U]),
    ("Twitter followers: 1,007 (2019-20: 999).", [T, T]),
    ("Twitter followers: 1,007 (2019-20: 1,007).", [T, M]),
]

IN_WORDS = [
    ("A visit lasted 2 minutes on average.", [T]),
    ("A visit lasted two minutes on average.", [T]),
    ("A visit lasted 2 and a half minutes on average.", [D]),
    ("A visit lasted two and a half minutes on average.", [D]),
    ("A visit lasted 2½ minutes on average.", [D]),
    ("A visit lasted 2m 30s on average.", [D]),
    ("A visit lasted 2:30 on average.", [D]),
    ("Average session duration: 00:02:00.", [T]),
    ("The helpline is open from 2:30 to 16:45.", []),
    ("We had 1k followers on Twitter.", [R]),
    ("We had 1.2k followers on Twitter.", [D]),
    ("The website had 0.28 million page views.", [R]),
    ("The website had 1.2 million page views.", [D]),
    ("Three in ten visits (30%) were made on a mobile.", [R, T]),
    (
        "Two thirds of visits were on a desktop (66%); three in ten (30%) on a mobile; the rest "
        "by other devices.",
        [R, T, R, T],
    ),
    ("Four in ten visits (30%) were made on a mobile.", [D, T]),
    ("The website had half a million page views.", [D]),
    ("The website had more than a quarter of a million page views.", [R]),
    ("The website had three quarters of a million page views.", [D]),
    ("The website had almost three hundred thousand page views.", [R]),
    ("Half a million parents read it.", [U]),
    ("Half a million page views is our goal.", [U]),
    ("Nearly one in three visits (30%) came from a mobile.", [R, T]),
    ("Almost half of visits (30%) came from a mobile.", [D, T]),
    ("One and a half thousand likes on Twitter.", [R]),
    ("Two and a half thousand likes on Twitter.", [D]),
    ("We have a thousand followers on Twitter and a hundred on Instagram.", [R, D]),
    ("Half of visits came via search engines.", [R]),
    ("More than half of visits came via search engines.", [R]),
    ("Three quarters of visits came via search engines.", [D]),
    ("A third of visits came from a mobile.", [D]),
    ("Two thirds of visits were made on a desktop.", [R]),
    ("1 in 2 visits came via search engines.", [R]),
    ("1 in 4 visits was on a mobile.", [D]),
    ("We held eighteen webinars.", [T]),
    ("We held nineteen webinars.", [D]),
    ("We held a dozen webinars.", [D]),
    ("Our four partners met three times; two posts on Facebook explained why.", []),
    ("In the first half of the year half the staff were at home.", []),
]

NOT_OURS = [
    ("1,540 children were subject to a plan.", [U]),
    ("1,007 referrals were made.", [U]),
    ("In the year 80,112 children lived in the county.", [U]),
    ("The board audited 328 cases.", [U]),
    ("190,000 children live in the county.", [U]),
    ("95% of parents in a sample of 190 remembered the message.", [U, U]),
    ("The target was 12,000 page views.", [U]),
    ("We aim for 300,000 page views next year.", [U]),
    ("Local newspaper coverage was worth £66,992.", []),
    ("Between 500 and 900 people saw each tweet.", [U, U]),
    ("Up to 100 places on each course are now available.", [U]),
    ("Under section 11 of the Children Act 2004, aged 0-19, call 0800 1111.", []),
]

SUMS = [
    ("The campaign across Twitter, Facebook and Instagram had a reach of over 190,000.", [F]),
    ("We published 728 posts and reached 191,495 people.", [T, F]),
    ("Combined reach across all platforms was just under 200,000.", [F]),
    ("Total reach: 191k.", [F]),
    ("Our audience was 191,495.", [F]),
    ("We have 1,589 followers across our three accounts.", [F]),
    ("Over 1,500 people follow us.", [F]),
    ("Twitter and Facebook have 1,465 followers.", [F]),
    ("Facebook reached 88,000.", [U]),
    ("Facebook reached 190,000.", [U]),
    ("Instagram reached 12,345 people.", [U]),
    ("191,495 households are in the county.", [U]),
    ("Our audience was 200,000.", [U]),
    ("We made 728 posts and had 2,223 reactions.", [T, T]),
]

WHOSE_AND_WHICH_WAY = [
    ("Facebook’s 768 shares outnumber Twitter’s 292.", [T, T]),
    ("Facebook's 292 shares outnumber Twitter's 768.", [D, D]),
    ("Twitter’s 1,007 followers are more than Facebook’s 458.", [T, T]),
    ("Twitter’s 458 followers are more than Facebook’s 124.", [D, D]),
    ("We lost 8 followers on Twitter.", [D]),
    ("We gained 8 followers on Twitter.", [T]),
    ("Twitter had 1,007 followers, down from 999.", [T, D]),
    ("Twitter had 1,007 followers, up from 999.", [T, T]),
    ("Bounce rate: 40% (up from 45%)", [T, D]),
    ("Twitter followers grew by 8 to reach 1,007.", [T, T]),
    ("Posts: 328 (Twitter), 262 (Facebook), 138 (Instagram).", [T, T, T]),
    ("Posts: 328 (Twitter), 138 (Facebook), 262 (Instagram).", [T, D, D]),
    ("We made 328 posts (Twitter), 262 posts (Facebook) and 138 posts (Instagram).", [T, T, T]),
    ("Facebook/Instagram: 400 posts, 80,112 reach, 683 reactions.", [T, T, T]),
    ("Facebook/Instagram: 328 posts, 80,112 reach, 638 reactions.", [D, T, D]),
    ("We had 1,007 followers on Facebook and Twitter.", [M]),
    ("Our Twitter, with 1,007 followers, outdid Facebook and Instagram.", [T]),
    ("Twitter is largest with 1,007 followers, compared with 458 on Facebook.", [T, T]),
    ("Twitter is largest with 1,007 followers, compared with 548 on Facebook.", [T, D]),
    ("Twitter has 1,007 followers, compared with 999 in 2019-20.", [T, T]),
    ("1,540 people follow us on Twitter.", [M]),
    ("1,007 people follow us on Twitter.", [T]),
    ("Our Facebook page is followed by 458 people.", [T]),
    ("292 RTs on 328 tweets.", [T, T]),
    ("229 RTs on 328 tweets.", [D, T]),
    ("The site welcomed 71,987 users, who between them looked at 275,602 pages.", [T, T]),
    ("We posted 328 tweets, gaining 292 retweets, and seen 111,383 times.", [T, T, T]),
    (
        "Of all views 31,204 were of Multi-agency training and 24,976 of Reporting a concern.",
        [T, T],
    ),
    (
        "Of all views 24,976 were of Multi-agency training and 31,204 of Reporting a concern.",
        [D, D],
    ),
    ("The Covid page had 275,602 page views.", [M]),
    ("The website, with its Covid page, had 275,602 page views.", [T]),
    ("Bounce rate 45% (40% in 2019-20)", [M, M]),
    ("Bounce rate 40% (45% in 2019-20)", [T, T]),
    ("Twitter had 999 followers (2019-20: 1,007).", [M, M]),
    ("There were 275,602 daily page views.", [M]),
    ("The website had 275,602 monthly page views.", [M]),
    ("Our monthly summary told of 275,602 page views.", [T]),
    ("Facebook followers 458 vs Instagram followers 124", [T, T]),
    ("Facebook followers 124 vs Instagram followers 458", [D, D]),
    ("Twitter has more followers (1,007) than Facebook (458) or Instagram (124).", [T, T, T]),
    ("Twitter has more followers (1,007) than Facebook (124) or Instagram (458).", [T, D, D]),
    ("Of our 728 posts, 328 were on Twitter.", [T, T]),
    ("Of our 782 posts, 382 were on Twitter.", [U, D]),
    ("Of our 382 tweets most were read.", [D]),
]

IN_ORDER = [
    ("Twitter and Facebook have 1,007 and 458 followers respectively.", [T, T]),
    ("Twitter and Facebook have 458 and 1,007 followers respectively.", [D, M]),
    ("Users and page views rose to 71,987 and 275,602 respectively.", [T, T]),
    ("Page views and users were 71,987 and 275,602, respectively.", [M, M]),
    ("Page views and users were, respectively, 275,602 and 71,987.", [T, T]),
    ("Twitter, Facebook and Instagram got 1,540, 402 and 281 likes respectively.", [T, T, T]),
    ("Twitter, Facebook and Instagram got 1,540, 281 and 402 likes respectively.", [T, D, D]),
    (
        "Facebook and Instagram had 458 and 124 followers respectively; Twitter had 1,007.",
        [T, T, T],
    ),
    (
        "Facebook and Instagram had 124 and 458 followers respectively; Twitter had 1,007.",
        [D, D, T],
    ),
    (
        "Facebook and Instagram got 402 and 281 likes respectively, with 768 shares on Facebook.",
        [T, T, T],
    ),
    ("Mobile and desktop made 30% and 66% of visits respectively, the rest other ways.", [T, T]),
    ("Mobile and desktop made 66% and 30% of visits respectively, the rest other ways.", [D, D]),
    ("30% and 66% of visits came from mobile and desktop respectively, the rest not.", [T, T]),
    ("Twitter has more followers than Facebook (1,007 against 458).", [T, T]),
    ("Twitter has more followers than Facebook (1,007 v 458).", [T, T]),
    ("Twitter has more followers than Facebook (1,007 compared with 485).", [T, D]),
    ("Twitter has more followers than Facebook (458 against 1,007).", [D, M]),
    ("Twitter has more followers than the year before (1,007 against 999).", [T, T]),
    ("Desktops and mobiles made up 66% and 30% of visits respectively.", [T, T, S]),
    ("Desktops and mobiles made up 30% and 66% of visits respectively.", [D, D, S]),
    ("The most used devices were desktops and mobiles (66% and 30% respectively).", [T, T, S]),
    ("More visits were made on desktops than on mobiles (66% against 30%).", [T, T, S]),
    (
        "Users, visits and page views were 71,987, 98,500 and 275,602 respectively, with a bounce "
        "rate of 44%.",
        [U, U, T, D],
    ),
    (
        "Twitter and Facebook had 328 and 262 posts and 1,007 and 458 followers respectively.",
        [T, T, U, T],
    ),
]

BESIDE_A_SHARE = [
    (
        "We made 728 posts: 328 (45%) on Twitter, 262 (36%) on Facebook, 138 (19%) on Instagram.",
        [T, T, U, T, U, T, U],
    ),
    ("Of our posts 328 (45%) were on Facebook and 262 (36%) on Twitter.", [D, U, D, U]),
    ("We had 1,540 (69%) reactions on Twitter.", [T, U]),
]

RANGES = [
    ("Impressions on Twitter lay between 110,000 and 112,000.", [R, R]),
    ("Impressions on Twitter: 110,000-112,000.", [R, R]),
    ("Impressions on Twitter: 110,000 – 112,000.", [R, R]),
    ("Impressions on Twitter lay between 120,000 and 130,000.", [D, D]),
    ("Impressions on Twitter: 120,000–130,000.", [D, D]),
    ("The bounce rate lay between 38% and 42%.", [R, R]),
    ("The bounce rate was 38-42%.", [R, R]),
    ("The bounce rate was 50-60%.", [D, D]),
    ("Between 60% and 70% of visits were from a desktop.", [R, R]),
    ("Between 20% and 25% of visits were from a desktop.", [D, D]),
    ("Twitter has between 1,000 and 1,100 followers.", [R, R]),
    ("Twitter has 1,100 to 1,200 followers.", [D, D]),
    ("Between 80 and 85 thousand users came to the website.", [D, D]),
    ("70-75k users came to the website.", [R, R]),
    ("80-85k users came to the website.", [D, D]),
    ("The website had 1-2 million page views.", [D, D]),
    ("Visits lasted 1-3 minutes on average.", [R, R]),
    ("Visits lasted 4-6 minutes on average.", [D, D]),
]

ON_AVERAGE = [
    ("Our tweets were shown 340 times on average.", [T]),
    ("Our tweets were shown 430 times on average.", [D]),
    ("We had 340 impressions a tweet.", [T]),
    ("An average of 430 impressions per tweet.", [D]),
    ("On average each tweet was shown about 350 times.", [R]),
    ("Each Facebook post was shared three times on average.", [T]),
    ("Each Facebook post got 2.9 shares on average.", [T]),
    ("Each Facebook post got 9.2 shares on average.", [D]),
    ("On average each of our posts was read by 40 parents.", [U]),
    ("Each tweet had 340 impressions.", [U]),
    ("The average tweet was seen 340 times.", [T]),
    ("We posted an average of six times a week on Twitter.", []),
    ("On average, tweets with a picture had 900 impressions.", [U]),
    ("Tweets in Safeguarding Week were shown 620 times on average.", [U]),
]

SIGNS = [
    ("Twitter impressions: <100k", [D]),
    ("Twitter impressions: < 120,000", [R]),
    ("Twitter impressions: >110k", [R]),
    ("Twitter impressions: >112,000", [D]),
    ("Twitter impressions: ≥150k", [D]),
    ("Twitter impressions: c.150k", [D]),
    ("Twitter impressions: c.111,000", [R]),
    ("Twitter impressions were approx.150,000.", [D]),
    ("Two-thirds of visits were on a desktop; almost a third (30%) on a mobile.", [R, T]),
    ("Two-thirds of visits were on a desktop; almost a third (40%) on a mobile.", [R, D]),
]

UNDER = [
    ("## Twitter\n\nWe had 1,007 followers and 328 posts.", [T, T]),
    ("## Twitter\n\nWe had 1,070 followers and 382 posts.", [D, D]),
    ("## Facebook\n\nWe had 1,007 followers.", [M]),
    ("## Facebook\n\n### Followers\n\nWe had 458 followers.", [T]),
    ("## Facebook\n\n### Followers\n\nWe had 124 followers.", [D]),
    ("## Facebook\n\nIn all we made 728 posts.", [T]),
    ("## Facebook\n\nOn Twitter we had 1,007 followers.", [T]),
    ("## Website and social media\n\nWe had 1,007 followers.", [T]),
    ("## Facebook\n\nTwitter is our largest channel. It has 1,007 followers.", [T]),
]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *WHOLE_SENTENCES,
        *CHANGES,
        *IN_WORDS,
        *NOT_OURS,
        *SUMS,
        *WHOSE_AND_WHICH_WAY,
        *IN_ORDER,
        *BESIDE_A_SHARE,
        *RANGES,
        *ON_AVERAGE,
        *SIGNS,
        *UNDER,
    ],
)
def test_a_sentence_is_judged_as_a_careful_person_would(
    judged: Judged, text: str, wanted: list[str]
) -> None:
    found = judged(text)
    assert [one.verdict for one in found] == wanted, [(one.text, one.says) for one in found]


def test_what_is_near_a_sum_by_chance_is_only_a_hint(judged: Judged) -> None:
    (found,) = judged("Facebook reached 190,000.")
    assert not found.is_wrong
    assert "191,495 would be impressions of Twitter" in found.says
    (other,) = judged("Facebook reached 88,000.")
    assert "would be" not in other.says


def test_a_number_of_something_else_names_the_figure_that_has_its_value(judged: Judged) -> None:
    (found,) = judged("1,540 children were subject to a plan.")
    assert found.fact is None
    assert "reactions of Twitter" in found.says


@pytest.mark.parametrize(
    ("label", "verdict"), [("page views", T), ("users", M), ("Twitter impressions", M)]
)
def test_a_large_number_above_its_label_is_what_the_label_says(
    judged: Judged, label: str, verdict: str
) -> None:
    (found, _) = judged(f"# Website\n\n| 275,602 | 18 |\n|---|---|\n| {label} | webinars |\n")
    assert found.verdict == verdict, found.says


@pytest.mark.parametrize("label", ["page views", "users"])
def test_a_number_without_any_word_is_no_figure_yet(judged: Judged, label: str) -> None:
    (found,) = judged(f"# Website\n\n275,602\n\n{label}\n")
    assert found.verdict == U, found.says


def test_a_place_where_a_word_may_break_is_no_part_of_a_number(judged: Judged) -> None:
    (found,) = judged("Twitter had 11\u00ad1,383 impressions.")
    assert found.verdict == T, found.says
