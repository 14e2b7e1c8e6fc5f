"""Contents survive packing, alone and against any other."""

from hypothesis import given
from hypothesis import strategies as st

from syncengine.core.moment import Instant
from syncengine.core.playlist import Line
from syncengine.storage import content_codec

stamps = st.none() | st.integers(0, 4_000_000_000).map(Instant)
lines = st.lists(
    st.builds(
        Line,
        st.integers(1, 5) | st.integers(1, 2**40),
        stamps,
        st.none() | st.integers(1, 300),
        st.integers(1, 70_000),
        st.none() | st.integers(0, 100),
    ),
    max_size=30,
)


@given(lines)
def test_a_content_survives_packing(content: list[Line]) -> None:
    assert content_codec.unpack(content_codec.pack(content)) == content


@given(lines, lines)
def test_a_content_survives_packing_against_another(base: list[Line], content: list[Line]) -> None:
    packed = content_codec.pack_change(base, content)
    assert content_codec.unpack_change(base, packed) == content


@given(lines, st.data())
def test_a_small_change_survives(base: list[Line], data: st.DataObject) -> None:
    content = list(base)
    if content:
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = content[at]._replace(popularity=data.draw(st.none() | st.integers(0, 100)))
        content.insert(0, content.pop())
    assert content_codec.unpack_change(base, content_codec.pack_change(base, content)) == content


@given(lines, lines)
def test_digests_tell_contents_apart(left: list[Line], right: list[Line]) -> None:
    assert (content_codec.digest(left) == content_codec.digest(right)) == (left == right)
