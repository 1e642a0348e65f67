"""Models of the project that the snippets are part of."""

from __future__ import annotations

from django.db import models


class BookQuerySet(models.QuerySet):
    def thick(self):
        return self.filter(pages__gt=100)

    def create(self, **fields):
        return super().create(**{"pages": 7, **fields})


class LoudManager(models.Manager):
    def create(self, **fields):
        return super().create(**{**fields, "name": fields["name"].upper()})

    def named(self, name):
        return self.get_queryset().filter(name=name)


class Author(models.Model):
    name = models.CharField(max_length=100)
    objects = LoudManager()

    class Meta:
        app_label = "shelf"

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=100, unique=True)
    pages = models.IntegerField(default=0)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, null=True, related_name="books")
    objects = BookQuerySet.as_manager()

    class Meta:
        app_label = "shelf"
        ordering = ["pk"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.title = self.title.strip()
        super().save(*args, **kwargs)
