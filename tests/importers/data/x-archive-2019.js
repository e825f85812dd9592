window.YTD.tweet.part0 = [
 {
  "edit_info": {
   "initial": {
    "editTweetIds": [
     "1102508983710650369"
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
   "36"
  ],
  "favorite_count": "7",
  "id_str": "1102508983710650369",
  "truncated": false,
  "retweet_count": "2",
  "created_at": "Mon Mar 04 10:00:00 +0000 2019",
  "favorited": false,
  "full_text": "Older archives have no wrapper &lt;3",
  "lang": "en"
 },
 {
  "id": "27912345678",
  "created_at": "Tue Oct 19 20:00:00 +0000 2010",
  "full_text": "",
  "favorite_count": 0,
  "retweet_count": 4
 }
];
