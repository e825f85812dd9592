window.YTD.tweets.part0 = [ {"tweet":{"id":"1102508983710650369","created_at":"Mon Mar 04 10:00:00 +0000 2019","full_text":"x","favorite_count":"1","retweet_count":"0"}}
