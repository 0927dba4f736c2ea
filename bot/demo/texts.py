"""Six short cases for the demo, with things the gate must find: a phone number, an e-mail, a date, a first name."""

from __future__ import annotations

CASES: tuple[dict[str, str], ...] = (
    {
        "title": "Silent since module 4",
        "programme": "Depression, 10 modules",
        "week": "5",
        "weeks": "10",
        "background": "Wrote long messages until module 4, then nothing for twelve days. On 3 March 2026 a last note: "
        "too tired. I rang 07700 900123 once, nobody answered. Activity planning had gone well before.",
        "key_question": "How do I write so that the door stays open without pressing?",
        "excerpt": "I wrote that pauses happen to most people and asked what would make the next step small enough.",
        "scores": "PHQ-9: 17, 15, 12, 14",
    },
    {
        "title": "Homework done, nothing changes",
        "programme": "Panic, 8 modules",
        "week": "6",
        "weeks": "8",
        "background": "Does every exposure on the list and reports it within the hour, mostly from the address "
        "client.reports@example.org. The fear ratings stay where they were. I suspect safety behaviour.",
        "key_question": "How can I ask about safety behaviour without sounding like a reproach?",
        "excerpt": "I praised the effort first and then asked to describe one exposure minute by minute.",
        "scores": "GAD-7: 15, 14, 15",
    },
    {
        "title": "Answers for somebody else",
        "programme": "Social anxiety, 9 modules",
        "week": "3",
        "weeks": "9",
        "background": "The tone of the messages changed completely in week 3. I think the partner Anna "
        "is writing them. "
        "The exercises are about the partner's worries more than the patient's own.",
        "key_question": "Should I name it, and in what words?",
        "excerpt": "",
        "scores": "",
    },
    {
        "title": "Too much from me",
        "programme": "Insomnia, 6 modules",
        "week": "2",
        "weeks": "6",
        "background": "I notice that my messages get longer and theirs get shorter. Sleep restriction is "
        "going badly and "
        "I explain more and more. Scores on 12 January 2027 were worse than at the start.",
        "key_question": "What can I leave out?",
        "excerpt": "I wrote four paragraphs on sleep pressure and one question at the very end.",
        "scores": "",
    },
    {
        "title": "A wish to meet in person",
        "programme": "Depression, 10 modules",
        "week": "7",
        "weeks": "10",
        "background": "Asks every week whether we could meet once. The programme works otherwise. I "
        "could offer a session "
        "face-to-face next month, since I switch modes then.",
        "key_question": "What would a change of mode do to the work we have done in writing?",
        "excerpt": "I answered that I would think about it and ask colleagues.",
        "scores": "WHO-5: 28, 40, 52",
    },
    {
        "title": "First patient who disagrees",
        "programme": "Worry, 8 modules",
        "week": "4",
        "weeks": "8",
        "background": "Writes back that worry time is nonsense and sends articles from "
        "www.worry-facts.example instead. "
        "I feel tested. The rest of the module was done with care.",
        "key_question": "How do I take the criticism seriously and still keep the method?",
        "excerpt": "I thanked for the articles and asked which sentence fits best.",
        "scores": "GAD-7: 13, 12",
    },
)

REVIEWS: tuple[tuple[str, str], ...] = (
    (
        "I read care in every message, and also some fear of losing contact.",
        "Write three lines only: I am here, no answer needed, the next step can wait.",
    ),
    (
        "What strikes me is how well the first weeks went; something of it is still there.",
        "Ask what was easiest in week 2 and build the next step from that.",
    ),
    (
        "I notice two questions at once: about the method and about the relationship.",
        "Separate them, one a message, the relationship first.",
    ),
    (
        "Reading it I became impatient, perhaps as the patient does.",
        "Try naming what you see in one sentence, then stop.",
    ),
)

QUESTION = "How did the patient react the last time you asked directly?"
ANSWER = "With a short friendly note, and the exercise came two days later."
TAKEAWAY = "I will write less, ask one question at a time, and name what I see."
