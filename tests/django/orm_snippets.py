"""One coroutine for each form that the ORM is used in; each gives something to compare."""

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.core import mail
from django.core.cache import cache
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404
from django.shortcuts import get_list_or_404, get_object_or_404, render
from shelf.models import Author, Book

User = get_user_model()


async def get():
    return Book.objects.get(title="A").title


async def get_nothing():
    return Book.objects.get(title="none")


async def get_too_many():
    return Book.objects.get(pages__gt=1)


async def first_and_last():
    return Book.objects.first(), Book.objects.filter(pages=-1).first(), Book.objects.last()


async def earliest_and_latest():
    return Book.objects.earliest("pages"), Book.objects.latest("pages")


async def counting():
    return Book.objects.count() + Book.objects.thick().count() * -Author.objects.count()


async def exists_and_contains():
    book = Book.objects.get(title="A")
    return Book.objects.filter(pages=60).exists(), Book.objects.thick().contains(book)


async def aggregate():
    return Book.objects.aggregate(total=models.Sum("pages"))["total"]


async def in_bulk():
    return sorted(Book.objects.in_bulk(field_name="title"))


async def create():
    return Book.objects.create(title=" new ").pages


async def manager_with_its_own_create():
    return Author.objects.create(name="loud").name


async def get_or_create():
    book, created = Book.objects.get_or_create(title="A", defaults={"pages": 1})
    if not created:
        book.pages = 99
        book.save()
    other, made = Book.objects.get_or_create(title="Z", defaults={"pages": 1})
    return created, made, other.pages


async def update_or_create():
    book, created = Book.objects.update_or_create(title="A", defaults={"pages": 5})
    return created, book.pages


async def bulk_create_and_update():
    books = Book.objects.bulk_create([Book(title=title) for title in "XY"])
    for book in books:
        book.pages = 2
    return Book.objects.bulk_update(books, ["pages"])


async def update():
    return Book.objects.filter(author__name="Ada").update(pages=models.F("pages") + 1)


async def delete_rows():
    return Book.objects.filter(author__name="Ada").delete()


async def save_and_delete_instances():
    book = Book.objects.get(title="A")
    book.title = "  renamed "
    book.save()
    Book.objects.get(title="B").delete()
    for other in Book.objects.thick():
        other.pages = 0
        other.save(update_fields=["pages"])
    return book.title


async def refresh():
    book = Book.objects.get(title="A")
    Book.objects.filter(pk=book.pk).update(pages=1000)
    book.refresh_from_db()
    return book.pages


async def validation():
    book = Book(title="A")
    try:
        book.full_clean(exclude=["author"])
    except Exception as error:
        return type(error).__name__
    return None


async def get_then_attribute():
    return Book.objects.get(title="A").title.lower(), Book.objects.first().pages


async def loop_with_else():
    seen = []
    for book in Book.objects.all():
        if book.pages > 100:
            break
        seen.append(book.title)
    else:
        seen.append("else")
    for book in Book.objects.none():
        seen.append(book)
    else:
        seen.append("none")
    return seen


async def nested_loops():
    pairs = []
    for author in Author.objects.order_by("pk"):
        for book in Book.objects.filter(author=author):
            pairs.append((author.name, book.title))
    return pairs


async def loop_over_a_slice():
    return [book.title for book in Book.objects.order_by("-pages")[1:3]]


async def slice_of_what_has_its_rows():
    books = Book.objects.all()
    titles = []
    if books:
        for book in books[:2]:
            titles.append(book.title)
    page = books[2:4]
    return titles, [book.title for book in page], list(page)


async def evaluated_once():
    books = Book.objects.filter(pages__lt=200)
    if not books:
        return None
    return len(books), [book.title for book in books], books[0].title, list(books)


async def comprehensions():
    listed = [book.title for book in Book.objects.all() if book.pages]
    unique = {book.pages > 100 for book in Book.objects.all()}
    mapped = {book.title: book.pages for book in Book.objects.all()}
    return listed, sorted(unique), mapped


async def nested_comprehensions():
    names = ["Ada", "Bob"]
    inner = [[book.title for book in Book.objects.filter(author__name=name)] for name in names]
    lists = [list(Book.objects.filter(author__name=name)) for name in names]
    flat = [book.title for name in names for book in Book.objects.filter(author__name=name)]
    found = [Author.objects.get(name=name).name for name in names]
    return inner, lists, flat, found


async def generators():
    total = sum(book.pages for book in Book.objects.all())
    longest = max((book.pages for book in Book.objects.all()), default=0)
    joined = ",".join(book.title for book in Book.objects.all())
    return total, longest, joined, dict((book.title, 1) for book in Book.objects.all())


async def short_circuits():
    seen = []

    def thick(book):
        seen.append(book.title)
        return book.pages > 50

    some = any(thick(book) for book in Book.objects.all())
    every = all(thick(book) for book in Book.objects.all())
    return some, every, seen


async def generator_kept_for_later():
    titles = (book.title for book in Book.objects.all())
    return next(titles), list(titles)


async def collectors():
    books = Book.objects.all()
    return (
        list(books),
        tuple(Book.objects.thick()),
        sorted(set(Book.objects.values_list("pages", flat=True))),
        sorted(Book.objects.all(), key=lambda book: -book.pages),
        sum(Book.objects.values_list("pages", flat=True)),
        min(Book.objects.all(), key=lambda book: book.pages),
        any(Book.objects.values_list("pages", flat=True)),
        dict(Book.objects.values_list("title", "pages")),
        [(number, book.title) for number, book in enumerate(Book.objects.all(), 1)],
    )


async def length_and_truth():
    thick = Book.objects.thick()
    none = Book.objects.filter(pages=-1)
    return len(thick), bool(thick), not none, 1 if none else 2, 3 if none or thick else 4


async def membership():
    book = Book.objects.get(title="A")
    return book in Book.objects.all(), book not in Book.objects.thick(), Book() in Book.objects.all()


async def membership_of_values():
    return "A" in Book.objects.values_list("title", flat=True)


async def indexes():
    return Book.objects.all()[0].title, Book.objects.order_by("-pages")[1].title


async def index_out_of_range():
    return Book.objects.filter(pages=-1)[0]


async def negative_index():
    return Book.objects.all()[-1]


async def unpacking():
    first, second = Book.objects.all()[:2]
    head, *rest = Book.objects.all()
    return first, second, head, rest, [*Book.objects.thick()], max(*Book.objects.values_list("pages"))


async def unpacking_too_few():
    first, second = Book.objects.all()[:1]
    return first, second


async def iterators():
    titles = [book.title for book in Book.objects.iterator()]
    for book in Book.objects.thick().iterator(chunk_size=1):
        titles.append(book.title)
    return titles, list(Book.objects.values("title").iterator())


async def rows_of_values():
    titles = []
    for row in Book.objects.values("title"):
        titles.append(row["title"])
    return titles, Book.objects.values_list("pages").first()


async def raw_rows():
    titles = []
    for book in Book.objects.raw("select * from shelf_book order by id"):
        titles.append(book.title)
    return titles


async def branches():
    books = Book.objects.all()
    for title in ["A", "B"]:
        books = books.exclude(title=title)
    if titles := ["C"]:
        books = books.filter(title__in=titles)
    return books.count(), [book.title for book in books]


async def text_with_counts():
    return f"{Book.objects.count():>3} {len(Book.objects.all())} {Book.objects.get(title='A').title!r}"


async def method_under_another_name():
    find = Book.objects.get
    return find(title="A").title


async def conditional_expression():
    wanted = True
    return list(Book.objects.thick() if wanted else Book.objects.all())


async def own_queryset_and_manager_methods():
    named = [author.name for author in Author.objects.named("Ada")]
    return named, [book.title for book in Book.objects.filter(pages__lt=500).thick()]


async def shortcuts():
    book = get_object_or_404(Book, title="A")
    book.pages = 3
    book.save()
    try:
        get_object_or_404(Book.objects.thick(), title="A")
    except Http404:
        return [found.title for found in get_list_or_404(Book, pages__gt=100)]
    return None


async def rendering():
    return render(None, "titles.html", {"books": Book.objects.all()}).content


async def caching():
    cache.set("key", 1)
    cache.incr("key", 2)
    made = cache.get_or_set("made", lambda: Book.objects.count())
    return cache.get("key"), cache.get("none", "default"), made, cache.add("key", 5)


async def users():
    user = User.objects.create_user("ada", password="secret")
    user.email = "ada@example.org"
    user.save()
    known = authenticate(None, username="ada", password="secret")
    return (
        known.username,
        authenticate(None, username="ada", password="wrong"),
        user.check_password("secret"),
        check_password("secret", make_password("secret")),
        user.has_perm("shelf.add_book"),
    )


async def mails():
    return send_mail("Hello", "You.", "a@example.org", ["b@example.org"]), len(mail.outbox)


async def pages():
    return Paginator(Book.objects.all(), 2).page(2).number
