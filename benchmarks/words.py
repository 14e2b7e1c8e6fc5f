"""The invented words that artists, titles, albums and playlists are put together from."""

from __future__ import annotations

FORENAMES = tuple(
    "Aldous Birte Cosima Dagny Eskil Fennimore Gudrun Hollis Ilse Jorunn Käthe Leopoldine Mirabel "
    "Norbert Ottoline Perpetua Quillon Rosalba Søren Tibor Ulrike Valdemar Winifred Xanthe Yrsa "
    "Zdeněk Åse Émilienne Ştefan Łucja".split()
)
SURNAMES = tuple(
    "Applewick Brambleby Candlemoor Dunnock Eiderdown Fernwhistle Gosling Hazelnutter Inkpen "
    "Jamjar Kettleburn Lanternby Marrowfat Nettlefold Oatesworth Puddingstone Quaverly Rookwhistle "
    "Saltmarsh Thimblethorpe Umberfield Vinegarden Wickerbasket Yarrowgate Zwetschge Löffelholz "
    "Brødløs Œufdoux Ñandubay Pierogowski".split()
)
BAND_FRONTS = tuple(
    "Absent|Borrowed|Courteous|Damp|Eleventh|Folding|Gentle|Honest|Indoor|Jovial|Knitted|Lukewarm|"
    "Misplaced|Nocturnal|Overdue|Provincial|Quiet|Reluctant|Slightly Bent|Tidy|Unhurried|Velvet|"
    "Wandering|Yellow|Zigzag".split("|")
)
BAND_BACKS = tuple(
    "Accordions|Barometers|Cartographers|Doorbells|Elevators|Ferrymen|Gherkins|Haystacks|Icicles|"
    "Jellyfish|Kettles|Lighthouses|Mittens|Nightwatchmen|Otters|Postcards|Quilts|Radiators|Sextants|"
    "Teacups|Umbrellas|Voles|Walnuts|Xylophones|Yodellers|Zeppelins".split("|")
)
ODD_ARTISTS = (
    "Otto, the Reluctant Otter",
    'Dr. "Biscuit" Pfefferkorn',
    "雨傘楽団",
    "Оркестр Семи Чайников",
    "Ορχήστρα του Βραστήρα",
    "فرقة المظلات السبع",
    "Kettle & Sons, Ltd.",
    "L'Ascenseur Enrhumé",
    "Ólafía og Regnhlífarnar",
    "the lowercase letters",
)
HEADS = tuple(
    "The Teapot|My Bicycle|A Borrowed Umbrella|The Last Tram|Grandmother's Barometer|Every Lighthouse|"
    "The Postman's Hat|Eleven Herons|A Jar of Weather|The Baker's Moon|Our Wooden Submarine|"
    "The Patient Snail|Half a Staircase|The Tuesday Choir|A Pocketful of Fog|The Polite Volcano|"
    "Seven Left Gloves|The Upstairs Orchestra|A Very Small Parade|The Clockmaker's Goose|"
    "Some Other Harbour|The Marmalade Express|A Letter to the Sea|The Sleepy Locksmith|"
    "Two Spoons|The Gardener's Radio|An Attic of Sparrows|The Unfinished Bridge|My Second-Best Coat|"
    "The Ferry to Anywhere|A Choir of Kettles|The Wrong Map|Every Odd Sock|The Quiet Tuba|"
    "Mondlicht im Keller|Le Dernier Parapluie|Una Cuchara de Lluvia|Den Lilla Ångbåten|Słoik Mgły|"
    "Küchenwalzer|La Valse des Théières|O Último Bonde|湯気の歌|Чайник|Kış Bahçesi".split("|")
)
TAILS = tuple(
    "Remembers|Goes Home|in the Rain|at Low Tide|Waits for Spring|and the Moon|Learns to Whistle|"
    "Under the Stairs|After Closing Time|Has Opinions|of Porridge Lane|Without a Hat|on a Tuesday|"
    "Forgets the Words|by Candlelight|Between Two Stations|Comes Back Late|in B Flat|for Beginners|"
    "Keeps the Change|Over the Hill|Is Nearly There|Sings the Timetable|Against the Wind|"
    "Somewhere near Dover|Tells It Twice|with Butter|at Ten Past Four|Turns Around|on Thin Ice|"
    "Will Be Fine|and Other Weather|Loses Count|Before Breakfast|, Part One|, Part Two|, Please|"
    "(Is Not a Boat)|: A Lullaby|’s Waltz".split("|")
)
SUFFIXES = (
    " - Live at the Bandstand",
    " - Remastered 2019",
    " (Kitchen Version)",
    " - Acoustic",
    ' (from "The Snail Who Stayed")',
    " [Demo, 4 a.m.]",
    " 🫖",
)
PLAIN_TITLES = (
    "Intro",
    "Outro",
    "Interlude",
    "Rain",
    "Home",
    "Untitled",
    "Tea, Then Sleep",
    "11:59",
)
ALBUM_FRONTS = tuple(
    "Notes from|Live at|Return to|Songs for|Postcards from|A Short History of|Weather over|"
    "The Keys to|Farewell to|Music for|Beneath|Letters to".split("|")
)
ALBUM_BACKS = tuple(
    "Porridge Lane|the Bandstand|an Empty Aquarium|Slow Elevators|the Other Harbour|Borrowed Coats|"
    "Kettle Mountain|a Well-Tuned Fridge|Lost Luggage|the Night Bakery|Two Left Feet|"
    "Unposted Mail|the Umbrella Museum|Señor Caracol|Schloß Wackelpudding|a Rainy Fête".split("|")
)
GENRES = tuple(
    "kettle folk|umbrella pop|marsh jazz|slow tram|bakery house|attic ambient|polite punk|"
    "lantern soul|harbour brass|fog wave|wool core|ferry reggae|tuba drone|snail step|"
    "porch electronica|nordic whistle|cake metal|weather opera".split("|")
)
LABELS = (
    "Teapot Recordings",
    "Left Glove Records",
    "Porridge Lane Music",
    "Fog & Daughters",
    "Wackelpudding Tonträger",
    "Snail Mail, Inc.",
    "Disques du Parapluie",
    "Independent Otter",
)
SHOWS = ("The Barometer Hour", "Ask a Locksmith", "Kettle Talk")
PLAYLIST_FRONTS = tuple(
    "Rainy|Sunday|Kitchen|Late|Early|Slow|Loud|Winter|Summer|Ferry|Attic|Bicycle|Garden|Midnight|"
    "Tram|Harbour|Umbrella|Kettle|Lost|Best of".split("|")
)
PLAYLIST_BACKS = tuple(
    "Mornings|Drives|Bread|Waltzes|Brass & Strings|Songs, Mostly|Naps 💤|Repairs|Walks|Dinner?|"
    "Jahre: 2011/12|Évenings|Company|Weather|Instrumentals|Singalongs|Friends|Odds and Ends".split(
        "|"
    )
)
