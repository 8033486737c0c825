"""Files that change while a build reads them: noticed, and told."""

import pytest
from pelican.plugins import signals

from newsroom.problems import BuildFailedError


@pytest.fixture
def during():
    """Return a function that has something done while the next build reads."""
    receivers = []

    def connect(action):
        def receiver(_generator):
            action()

        receivers.append(receiver)
        signals.static_generator_finalized.connect(receiver)

    yield connect
    for receiver in receivers:
        signals.static_generator_finalized.disconnect(receiver)


@pytest.fixture
def story(content):
    return content / "articles/2026/first/article.md"


def problems(build_content) -> list[str]:
    with pytest.raises(BuildFailedError) as failure:
        build_content()
    return [problem.message for problem in failure.value.problems]


def test_a_file_that_changes_during_a_build_is_named(story, build_content, during):
    """Part of the site would be of the old one."""
    during(lambda: story.write_text(story.read_text() + "\nMore.\n"))
    message = "changed while the site was being built; build again"
    assert problems(build_content) == [message]


def test_a_template_that_changes_during_a_build_is_named(
    tmp_path, build_content, during
):
    """One that stands in for the theme's too."""
    template = tmp_path / "mine/_footer.html"
    template.parent.mkdir()
    template.write_text("<footer>One</footer>")
    during(lambda: template.write_text("<footer>Another</footer>"))
    with pytest.raises(
        BuildFailedError, match=r"_footer\.html: changed while the site"
    ):
        build_content(THEME_TEMPLATES_OVERRIDES=[str(template.parent)])


def test_a_file_that_is_replaced_by_one_of_its_size_and_time_is_named(
    story, build_content, during
):
    """As some editors and synchronisers save."""

    def replace():
        other = story.with_name("other.md")
        story.rename(other)
        story.write_text(other.read_text())
        other.unlink()

    during(replace)
    assert len(problems(build_content)) == 1


def test_a_file_that_vanishes_during_a_build_is_named(content, build_content, during):
    """Pelican would go on without it, and say nothing."""
    picture = content / "extra/favicon.svg"
    during(picture.unlink)
    assert "is gone since the build began; build again" in problems(build_content)


def test_what_an_editor_keeps_beside_a_file_is_none_of_the_site(
    story, build_content, during
):
    """Its lock and backup files come, change and go."""
    litter = [story.with_name(name) for name in (".article.md.swp", "article.md~")]
    for file in litter:
        file.write_text("one")
    during(lambda: [file.write_text("changed") for file in litter])
    during(litter[0].unlink)
    assert (build_content() / "index.html").exists()


def test_a_file_whose_bytes_stay_is_not_named(story, build_content, during):
    """A backup links it, or somebody sets its modes: it says what it said."""
    during(lambda: story.with_name("article.md~").hardlink_to(story))
    during(lambda: story.chmod(0o600))
    assert (build_content() / "index.html").exists()
