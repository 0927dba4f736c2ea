from bot.anonymise.gate import TagBook as TagBook
