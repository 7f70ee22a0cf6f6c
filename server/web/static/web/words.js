// What the module says. Reviewed as copy: short, kind, language level B1; the reader may be having a hard evening.

const nl = {
  "day.today": "vandaag",
  "day.yesterday": "gisteren",
  "day.tomorrow": "morgen",

  "state.sending": "wordt verstuurd",
  "state.waiting": "staat klaar, wacht op verbinding",
  "state.failed": "niet verstuurd",
  "state.held": "opgeslagen, nog niet bij {name}",
  "state.stored": "opgeslagen",
  "state.delivered": "bij {name}",
  "state.delivered.buddy": "bij je buddy",
  "state.read": "gelezen",

  "held.when": "{name} is er nu niet. {name} leest dit vanaf {when}.",
  "held.unknown": "{name} is er nu niet. We weten nog niet wanneer wel.",
  "held.help": "Nu iemand nodig?",
  "held.withdraw": "Intrekken",
  "message.withdrawn": "Dit bericht is ingetrokken.",
  "message.erased": "Dit bericht is gewist.",
  "message.mine": "Jij",

  "failed.other": "Dit bericht kon niet weg.",
  "failed.expert.outside_window": "Je uren zijn nu voorbij. Rust maar uit: dit bericht is niet verstuurd.",
  "failed.conv.cannot_send": "In dit gesprek kun je nu niet schrijven.",
  "failed.conv.not_found": "Dit gesprek is er niet meer voor jou.",
  "failed.msg.too_long": "Dit bericht is te lang.",
  "failed.edit": "Terug naar het tekstvak",
  "failed.discard": "Weghalen",

  "hours.open": "bereikbaar",
  "hours.next": "weer vanaf {when}",
  "hours.closed": "nu niet bereikbaar",

  "typing": "{name} is aan het typen",
  "announce.message": "{name}: {body}",
  "announce.held": "Je bericht is opgeslagen. {text}",

  "room.begin.youth": "Het begin van je gesprek met {name}",
  "room.begin.youth.text": "Je hoeft niets voor te bereiden. Een hallo is genoeg. Schrijf wanneer je wilt.",
  "room.begin.other": "Het begin van je gesprek met {name}",
  "room.begin.other.text": "Hier schrijf je met elkaar. Neem de tijd.",
  "room.nobody": "jullie",

  "empty.youth": "Je hebt nog geen gesprek",
  "empty.youth.text": "Er is nog geen buddy aan je gekoppeld. Zodra het zover is, zie je het hier vanzelf.",
  "empty.expert": "Je hebt nog geen gesprek",
  "empty.expert.text": "Zodra er iemand aan je gekoppeld is, zie je het hier vanzelf.",
  "empty.staff": "Fijn dat je er bent",
  "empty.staff.text":
    "Het bureau voor coördinatoren is er nog niet. Je ziet hier daarom niets, ook geen gesprekken van anderen. Meldingen komen nog niet bij je binnen.",

  "list.unread": "nieuw",
  "list.choose": "Kies een gesprek",

  "line.connecting": "Verbinden…",
  "line.lost": "Geen verbinding. Wat je schrijft blijft bewaard en gaat straks vanzelf mee.",
  "line.offline": "Je bent offline. Wat je schrijft blijft bewaard en gaat straks vanzelf mee.",
  "line.busy": "Het is even druk. We proberen het zo vanzelf opnieuw.",
  "line.suspended": "Je account staat nu stil. Vraag je coördinator hoe dat komt.",
  "line.version": "Er is een nieuwe versie van deze pagina. Ververs de pagina om verder te gaan.",
  "line.replaced": "Warmlijn staat ook in een ander tabblad open. Daar ga je nu verder.",
  "line.protocol": "Er ging iets mis in deze pagina. Wat verstuurd is, is bewaard. Ververs de pagina om verder te gaan.",
  "line.keeping": "Je browser kan niets bewaren. Houd deze pagina open tot je bericht verstuurd is.",
  "action.retry": "Nu proberen",
  "action.reload": "Verversen",
  "action.here": "Hier verdergaan",

  "composer.too_long": "Je bericht is te lang: {count} tekens, er passen er {most} in. Knip het in twee stukken.",
  "older.failed": "Eerdere berichten ophalen lukte niet. Probeer het zo nog eens.",
  "withdraw.failed": "Intrekken lukte niet meer. {name} kan dit bericht al lezen.",
  "withdraw.unsure": "Intrekken lukte nu niet. Probeer het zo nog eens.",

  "intro.signed_out": "Je bent uitgelogd.",
  "intro.expired": "Deze link werkt niet meer. Vraag een nieuwe, of log opnieuw in.",
  "intro.storage": "Je browser mag niets bewaren. Sta opslag toe voor deze pagina, en open je link opnieuw.",
  "form.wrong_code": "Deze code klopt niet, is al gebruikt of is verlopen. Vraag je coördinator om een nieuwe.",
  "form.wrong_password": "Dit e-mailadres en wachtwoord horen niet bij elkaar.",
  "form.slow": "Dat was vaak achter elkaar. Wacht even en probeer het dan opnieuw.",
  "form.invalid": "Kijk nog eens of alles goed is ingevuld.",
  "form.unreachable": "Geen verbinding. Probeer het zo nog eens.",

  "more.me": "Je bent hier als {name}.",
  "out.unsent": "Er staat nog een bericht klaar dat niet verstuurd is. Log je uit, dan gaat het weg. Druk nog een keer om toch uit te loggen.",
  "out.failed": "Uitloggen lukte niet, want er is geen verbinding. Sluit dit tabblad, of probeer het zo nog eens.",
};

const en = {
  "day.today": "today",
  "day.yesterday": "yesterday",
  "day.tomorrow": "tomorrow",

  "state.sending": "sending",
  "state.waiting": "ready, waiting for a connection",
  "state.failed": "not sent",
  "state.held": "stored, not with {name} yet",
  "state.stored": "stored",
  "state.delivered": "with {name}",
  "state.delivered.buddy": "with your buddy",
  "state.read": "read",

  "held.when": "{name} is not here now. {name} reads this from {when}.",
  "held.unknown": "{name} is not here now. We do not know yet when they will be.",
  "held.help": "Need somebody now?",
  "held.withdraw": "Take back",
  "message.withdrawn": "This message was taken back.",
  "message.erased": "This message was erased.",
  "message.mine": "You",

  "failed.other": "This message could not be sent.",
  "failed.expert.outside_window": "Your hours are over now. Have a rest: this message was not sent.",
  "failed.conv.cannot_send": "You cannot write in this conversation now.",
  "failed.conv.not_found": "This conversation is no longer there for you.",
  "failed.msg.too_long": "This message is too long.",
  "failed.edit": "Back to the text box",
  "failed.discard": "Remove",

  "hours.open": "can be reached",
  "hours.next": "back from {when}",
  "hours.closed": "cannot be reached now",

  "typing": "{name} is typing",
  "announce.message": "{name}: {body}",
  "announce.held": "Your message is stored. {text}",

  "room.begin.youth": "The start of your conversation with {name}",
  "room.begin.youth.text": "You need not prepare anything. A hello is enough. Write whenever you want.",
  "room.begin.other": "The start of your conversation with {name}",
  "room.begin.other.text": "Here you write with each other. Take your time.",
  "room.nobody": "the two of you",

  "empty.youth": "You have no conversation yet",
  "empty.youth.text": "You do not have a buddy yet. As soon as you do, you will see it here by itself.",
  "empty.expert": "You have no conversation yet",
  "empty.expert.text": "As soon as somebody is paired with you, you will see it here by itself.",
  "empty.staff": "Good that you are here",
  "empty.staff.text":
    "The desk for coordinators is not there yet. So you see nothing here, and no conversations of others either. Reports do not reach you here yet.",

  "list.unread": "new",
  "list.choose": "Choose a conversation",

  "line.connecting": "Connecting…",
  "line.lost": "No connection. What you write is kept, and goes by itself in a moment.",
  "line.offline": "You are offline. What you write is kept, and goes by itself later.",
  "line.busy": "It is busy for a moment. We will try again by ourselves.",
  "line.suspended": "Your account is paused. Ask your coordinator why.",
  "line.version": "There is a new version of this page. Refresh the page to go on.",
  "line.replaced": "Warmlijn is open in another tab too. That is where you go on now.",
  "line.protocol": "Something went wrong in this page. What was sent is safe. Refresh the page to go on.",
  "line.keeping": "Your browser cannot keep anything. Leave this page open until your message is sent.",
  "action.retry": "Try now",
  "action.reload": "Refresh",
  "action.here": "Go on here",

  "composer.too_long": "Your message is too long: {count} characters, and {most} fit. Cut it in two.",
  "older.failed": "Fetching earlier messages did not work. Try again in a moment.",
  "withdraw.failed": "Taking it back no longer works. {name} can read this message already.",
  "withdraw.unsure": "Taking it back did not work now. Try again in a moment.",

  "intro.signed_out": "You are signed out.",
  "intro.expired": "This link no longer works. Ask for a new one, or sign in again.",
  "intro.storage": "Your browser may not keep anything. Allow storage for this page, and open your link again.",
  "form.wrong_code": "This code is wrong, used or expired. Ask your coordinator for a new one.",
  "form.wrong_password": "This e-mail address and password do not belong together.",
  "form.slow": "That was often in a row. Wait a little and try again.",
  "form.invalid": "Please check that everything is filled in well.",
  "form.unreachable": "No connection. Try again in a moment.",

  "more.me": "You are here as {name}.",
  "out.unsent": "One of your messages is not sent yet. If you sign out, it is gone. Press again to sign out all the same.",
  "out.failed": "Signing out did not work, because there is no connection. Close this tab, or try again in a moment.",
};

export const WORDS = { nl, en };
