window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1588091216589754369"
          ]
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": [
          {
            "url": "https://t.co/abc",
            "expanded_url": "https://www.example.org/safer-sleeping?utm_source=x&utm_campaign=safer-sleeping",
            "display_url": "https://www.example.",
            "indices": [
              "10",
              "33"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "78"
      ],
      "favorite_count": "12",
      "id_str": "1588091216589754369",
      "truncated": false,
      "retweet_count": "5",
      "id": "1588091216589754369",
      "created_at": "Thu Nov 03 08:50:26 +0000 2022",
      "favorited": false,
      "full_text": "Safer sleeping &amp; naps: clear cot, every time. £0 needed 😀 https://t.co/abc",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1587852032209850369"
          ]
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "31"
      ],
      "favorite_count": "0",
      "id_str": "1587852032209850369",
      "truncated": false,
      "retweet_count": "0",
      "id": "1587852032209850369",
      "created_at": "Wed Nov 02 17:00:00 +0000 2022",
      "favorited": false,
      "full_text": "RT @somebody_else: Look at this",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1587376440079290369"
          ]
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": [
          {
            "url": "https://t.co/abc",
            "expanded_url": "https://www.example.org/contact",
            "display_url": "https://www.example.",
            "indices": [
              "10",
              "33"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "53"
      ],
      "favorite_count": "1",
      "id_str": "1587376440079290369",
      "truncated": false,
      "retweet_count": "0",
      "id": "1587376440079290369",
      "created_at": "Tue Nov 01 09:30:10 +0000 2022",
      "favorited": false,
      "full_text": "@jo_bloggs Thank you for asking, see https://t.co/abc",
      "lang": "en",
      "in_reply_to_status_id_str": "1587000000000000000",
      "in_reply_to_screen_name": "jo_bloggs"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1377399054136250369"
          ]
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": [
          {
            "url": "https://t.co/abc",
            "expanded_url": "https://twitter.com/partner/status/1377000000000000000",
            "display_url": "https://twitter.com/",
            "indices": [
              "10",
              "33"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "34"
      ],
      "favorite_count": "3",
      "id_str": "1377399054136250369",
      "truncated": false,
      "retweet_count": "1",
      "id": "1377399054136250369",
      "created_at": "Wed Mar 31 23:15:00 +0000 2021",
      "favorited": false,
      "full_text": "Quoting a partner https://t.co/abc",
      "lang": "en"
    }
  }
]