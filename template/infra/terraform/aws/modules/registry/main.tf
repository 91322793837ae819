# One repository per image. A tag never moves, and what is pushed is scanned.
variable "name" {
  description = "Prefix of the repositories."
  type        = string
}

locals {
  images = toset(["gateway", "model-proxy", "workers", "ui"])
}

resource "aws_ecr_repository" "image" {
  for_each             = local.images
  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  for_each   = aws_ecr_repository.image
  repository = each.value.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest 100 images: enough to roll back to any recent release."
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }
      action       = { type = "expire" }
    }]
  })
}

output "repository_arns" {
  description = "Every repository."
  value       = [for repository in aws_ecr_repository.image : repository.arn]
}

output "url" {
  description = "What precedes /gateway in an image's name."
  value       = trimsuffix(aws_ecr_repository.image["gateway"].repository_url, "/gateway")
}

output "mutability" {
  description = "Whether tags may move, for the tests."
  value       = [for repository in aws_ecr_repository.image : repository.image_tag_mutability]
}
