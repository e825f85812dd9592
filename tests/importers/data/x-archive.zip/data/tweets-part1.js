window.YTD.tweets.part1 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1257641189176250369"
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
        "42"
      ],
      "id_str": "1257641189176250369",
      "truncated": false,
      "id": "1257641189176250369",
      "created_at": "Tue May 05 12:00:00 +0000 2020",
      "favorited": false,
      "full_text": "A post whose counts the archive leaves out",
      "lang": "en"
    }
  }
]