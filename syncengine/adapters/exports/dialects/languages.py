"""The titles of exportify.app's columns in the languages of its pages.

Source: watsonbox/exportify, ``src/i18n/locales/*/translation.json``, key ``track``; MIT licence,
copyright (c) 2015 Howard Wilson. It writes titles in the language of the page since
2024-08-26. The order of columns is the same in all; each line below is one language, its titles
separated by ``|`` in the order of ``FIELDS``.
"""
# ruff: noqa: RUF001 - these are titles in all scripts

from __future__ import annotations

from collections.abc import Mapping

FIELDS: tuple[str, ...] = tuple(
    """
    uri title artist_uris artists album_uri album album_artist_uris album_artists release_date
    image_url disc_number track_number duration_ms preview_url explicit popularity isrc
    is_playable added_by added_at genres danceability energy key loudness mode speechiness
    acousticness instrumentalness liveness valence tempo time_signature album_genres label
    copyrights
    """.split()
)

_WORDS: Mapping[str, str] = {
    "English": (
        "Track URI|Track Name|Artist URI(s)|Artist Name(s)|Album URI|Album Name|"
        "Album Artist URI(s)|Album Artist Name(s)|Album Release Date|Album Image URL|"
        "Disc Number|Track Number|Track Duration (ms)|Track Preview URL|Explicit|Popularity|"
        "ISRC|Is Playable|Added By|Added At|Artist Genres|Danceability|Energy|Key|Loudness|"
        "Mode|Speechiness|Acousticness|Instrumentalness|Liveness|Valence|Tempo|"
        "Time Signature|Album Genres|Label|Copyrights"
    ),
    "French": (
        "URI du titre|Nom du titre|URI(s) de l'artiste|Nom(s) de l'artiste|URI de l'album|"
        "Nom de l'album|URI(s) de l'artiste de l'album|Nom(s) de l'artiste de l'album|"
        "Date de sortie de l'album|URL de l'image de l'album|Numéro de disque|"
        "Numéro du titre|Durée du titre (ms)|URL de prévisualisation du titre|Explicite|"
        "Popularité|ISRC|Est jouable|Ajouté par|Ajouté le|Genres de l'artiste|Danseabilité|"
        "Énergie|Tonalité|Volume sonore|Mode|Parlabilité|Acoustique|Instrumental|Vivacité|"
        "Valence|Tempo|Mesure|Genres de l'album|Label|Droits d'auteur"
    ),
    "Spanish": (
        "URI de la canción|Nombre de la canción|URI(s) del artista|Nombre(s) del artista|"
        "URI del álbum|Nombre del álbum|URI(s) del artista del álbum|"
        "Nombre(s) del artista del álbum|Fecha de lanzamiento del álbum|"
        "URL de la imagen del álbum|Número de disco|Número de la canción|"
        "Duración de la canción (ms)|URL de vista previa de la canción|Explícito|Popularidad|"
        "ISRC|Es reproducible|Añadido por|Añadido en|Géneros del artista|Bailabilidad|"
        "Energía|Tonalidad|Volumen|Modo|Hablado|Acústica|Instrumentalidad|Vivacidad|Valencia|"
        "Tempo|Compás|Géneros del álbum|Sello|Derechos de autor"
    ),
    "Italian": (
        "URI della traccia|Nome della traccia|URI dell'artista|Nome dell'artista|"
        "URI dell'album|Nome dell'album|URI dell'artista dell'album|"
        "Nome dell'artista dell'album|Data di rilascio dell'album|"
        "URL dell'immagine dell'album|Numero del disco|Numero della traccia|"
        "Durata della traccia (ms)|URL di anteprima della traccia|Esplicito|Popolarità|ISRC|"
        "È riproducibile|Aggiunto da|Aggiunto il|Generi dell'artista|Ballabilità|Energia|"
        "Chiave|Volume|Modalità|Linguaggio parlato|Acustica|Strumentalità|Vivacità|Valenza|"
        "Tempo|Battuta|Generi dell'album|Etichetta|Copyright"
    ),
    "German": (
        "Track-URI|Track-Name|Künstler-URI(s)|Künstlername(n)|Album-URI|Album-Name|"
        "Album-Künstler-URI(s)|Album-Künstlername(n)|Veröffentlichungsdatum des Albums|"
        "Album-Bild-URL|Disc-Nummer|Track-Nummer|Track-Dauer (ms)|Track-Vorschau-URL|"
        "Explizit|Beliebtheit|ISRC|Ist abspielbar|Hinzugefügt von|Hinzugefügt am|"
        "Künstler-Genres|Tanzbarkeit|Energie|Tonart|Lautstärke|Modus|Sprachanteil|Akustik|"
        "Instrumentalität|Lebendigkeit|Valenz|Tempo|Taktart|Album-Genres|Label|Urheberrechte"
    ),
    "Portuguese": (
        "URI da faixa|Nome da faixa|URI(s) do artista|Nome(s) do artista|URI do álbum|"
        "Nome do álbum|URI(s) do artista do álbum|Nome(s) do artista do álbum|"
        "Data de lançamento do álbum|URL da imagem do álbum|Número do disco|Número da faixa|"
        "Duração da faixa (ms)|URL de prévia da faixa|Explícita|Popularidade|ISRC|"
        "É reproduzível|Adicionado por|Adicionado em|Gêneros do artista|Dançabilidade|"
        "Energia|Tonalidade|Volume|Modo|Oralidade|Acústica|Instrumentalidade|Vivacidade|"
        "Valência|Tempo|Compasso|Gêneros do álbum|Gravadora|Direitos autorais"
    ),
    "Swedish": (
        "Låtens URI|Låtens namn|Artistens URI|Artistens namn|Albumets URI|Albumets namn|"
        "Albumartistens URI|Albumartistens namn|Albumets releasedatum|Albumets bild-URL|"
        "Skivnummer|Låtnummer|Låtlängd (ms)|Förhandsgranskning URL|Explicit|Popularitet|ISRC|"
        "Är spelbar|Tillagd av|Tillagd vid|Artistens genrer|Dansbarhet|Energi|Tonart|"
        "Ljudstyrka|Läge|Talighet|Akustik|Instrumentalhet|Livlighet|Valens|Tempo|Taktart|"
        "Albumets genrer|Skivbolag|Upphovsrätt"
    ),
    "Dutch": (
        "Nummer URI|Nummernaam|Artiest-URI|Naam van artiest|Album-URI|Naam van album|"
        "Artiest-URI van het album|Naam van artiest op het album|Releasedatum van het album|"
        "Album afbeelding-URL|Schijfnummer|Nummernummer|Nummerduur (ms)|Voorbeeld-URL|"
        "Expliciet|Populariteit|ISRC|Speelbaar|Toegevoegd door|Toegevoegd op|"
        "Genres van de artiest|Dansbaarheid|Energie|Toonsoort|Luidheid|Modus|Spraakzaamheid|"
        "Akoestiek|Instrumentaliteit|Levendigheid|Valentie|Tempo|Maatstreep|"
        "Genres van het album|Label|Auteursrechten"
    ),
    "Japanese": (
        "トラックURI|トラック名|アーティストURI|アーティスト名|アルバムURI|アルバム名|アルバムアーティストURI|アルバムアーティスト名|アルバム発売日|"
        "アルバム画像URL|ディスク番号|トラック番号|トラックの長さ（ミリ秒）|トラックプレビューURL|明示的な内容|人気度|ISRC|再生可能|追加者|追加日時|"
        "アーティストジャンル|ダンサビリティ|エネルギー|キー|ラウドネス|モード|スピーチ性|アコースティック性|インストゥルメンタル性|ライブ感|感情値|テンポ|拍子|"
        "アルバムジャンル|レーベル|著作権"
    ),
    "Arabic": (
        "رابط الأغنية (URI)|اسم الأغنية|روابط الفنانين (URI)|أسماء الفنانين|"
        "رابط الألبوم (URI)|اسم الألبوم|روابط فناني الألبوم (URI)|أسماء فناني الألبوم|"
        "تاريخ إصدار الألبوم|رابط صورة الألبوم|رقم القرص|رقم الأغنية|"
        "مدة الأغنية (بالمللي ثانية)|رابط معاينة الأغنية|صريح|الشعبية|ISRC|قابل للتشغيل|"
        "أضيف بواسطة|أضيف في|أنواع الفنان|قابلية الرقص|الطاقة|المفتاح|مستوى الصوت|النمط|"
        "محتوى الكلام|الطابع الصوتي|الطابع الآلي|الحيوية|الإيجابية|الإيقاع|توقيع الزمن|"
        "أنواع الألبوم|العلامة التجارية|حقوق النشر"
    ),
    "Turkish": (
        "Parça URI|Parça Adı|Sanatçı URI|Sanatçı Adı|Albüm URI|Albüm Adı|"
        "Albümdeki Sanatçı URI|Albümdeki Sanatçı Adı|Albüm Çıkış Tarihi|Albüm Resim URL'si|"
        "Disk Numarası|Parça Numarası|Parça Süresi (ms)|Parça Önizleme URL'si|Açık İçerik|"
        "Popülerlik|ISRC|Çalınabilir mi?|Ekleyen|Eklenme Tarihi|Sanatçı Türleri|"
        "Dans Edilebilirlik|Enerji|Ton|Ses Seviyesi|Mod|Konuşma Oranı|Akustiklik|"
        "Enstrümantalite|Canlılık|Duygusallık|Tempo|Ölçü İşareti|Albüm Türleri|Plak Şirketi|"
        "Telif Hakları"
    ),
    "Greek": (
        "URI κομματιού|Όνομα κομματιού|URI καλλιτέχνη/ων|Όνομα/τα καλλιτέχνη|URI άλμπουμ|"
        "Όνομα άλμπουμ|URI καλλιτέχνη/ων άλμπουμ|Όνομα/τα καλλιτέχνη άλμπουμ|"
        "Ημερομηνία κυκλοφορίας άλμπουμ|URL εικόνας άλμπουμ|Αριθμός δίσκου|Αριθμός κομματιού|"
        "Διάρκεια κομματιού (ms)|URL προεπισκόπησης κομματιού|Ακατάλληλο|Δημοτικότητα|ISRC|"
        "Αναπαράγεται|Προστέθηκε από|Προστέθηκε στις|Είδη καλλιτέχνη|Χορευτικότητα|Ενέργεια|"
        "Τονικότητα|Ένταση|Τρόπος|Ομιλητικότητα|Ακουστικότητα|Οργανοκεντρικότητα|Ζωντάνια|"
        "Θετικότητα|Ρυθμός|Μέτρο|Είδη άλμπουμ|Εταιρεία|Πνευματικά δικαιώματα"
    ),
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(FIELDS, words.split("|"), strict=True)) for language, words in _WORDS.items()
}
"""By language, in English, the title of each field."""
